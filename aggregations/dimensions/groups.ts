import { ALL_INSURANCES, type SettlementDimension } from "../../schemas/dimensions.js";

/** A group of figures: one insurance or `all`, one grouping, one value of each of its dimensions. */
export interface GroupKey {
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Partial<Record<SettlementDimension, string>>>;
}

export interface NumberedGroup extends GroupKey {
  readonly groupId: number;
}

/**
 * Gives every group a small number that stays for the life of the state. Numbers are handed out in the
 * order groups are first met, so they mean nothing outside; equal groups always have equal numbers.
 */
export class GroupTable {
  readonly #groupIds = new Map<string, number>();
  readonly groups: NumberedGroup[] = [];
  /** Id of the same group over all insurances; its own id for such a group. */
  readonly allOf: number[] = [];

  #ordered: number[] = [];

  /** All group ids by grouping, then number: the order in which they are published. */
  get ordered(): readonly number[] {
    if (this.#ordered.length < this.groups.length) {
      const byGrouping = (a: NumberedGroup, b: NumberedGroup): number =>
        a.grouping < b.grouping ? -1 : a.grouping > b.grouping ? 1 : a.groupId - b.groupId;
      this.#ordered = [...this.groups].sort(byGrouping).map((g) => g.groupId);
    }
    return this.#ordered;
  }

  /** `known` are the groups of an earlier run, in the order of their numbers. */
  constructor(known: readonly GroupKey[] = []) {
    for (const group of known) this.groupIdOf(group);
  }

  groupIdOf(group: GroupKey): number {
    const values = Object.values(group.dimensions).join("\u0001");
    const key = `${group.insurance}\u0001${group.grouping}\u0001${values}`;
    const known = this.#groupIds.get(key);
    if (known !== undefined) return known;
    const groupId = this.groups.length;
    this.groups.push({ groupId, ...group });
    this.#groupIds.set(key, groupId);
    this.allOf.push(groupId);
    if (group.insurance !== ALL_INSURANCES) {
      this.allOf[groupId] = this.groupIdOf({ ...group, insurance: ALL_INSURANCES });
    }
    return groupId;
  }
}

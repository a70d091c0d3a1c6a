import { copyInto, grow } from "./growing.js";

/** What tuples and groups are to the persons; numbers as in DimensionIndex and GroupTable. */
export interface PersonGroups {
  /** Group ids (own insurance) of a tuple's person groups. */
  readonly groupsOf: (tuple: number) => Int32Array;
  readonly insuranceOf: (tuple: number) => string;
  /** Id of the same group over all insurances. */
  readonly allOf: (groupId: number) => number;
}

/**
 * Person groups as dense slots: the groups of each tuple lie side by side in one flat array, so that walking
 * a person's rows follows no pointers.
 */
export class GroupSlots {
  readonly groupIds: number[] = [];
  /** Slot of the same group over all insurances. */
  readonly all: number[] = [];
  readonly #slotOf = new Map<number, number>();
  /** Where a tuple's slots start in `flat`, and its insurance; −1 while the tuple is new. */
  start = new Int32Array(1024).fill(-1);
  length = new Int32Array(1024);
  insurance = new Int32Array(1024);
  flat = new Int32Array(4096);
  #used = 0;
  readonly #insurances = new Map<string, number>();

  constructor(private readonly groups: PersonGroups) {}

  get size(): number {
    return this.groupIds.length;
  }

  slot(groupId: number): number {
    let slot = this.#slotOf.get(groupId);
    if (slot === undefined) {
      slot = this.groupIds.length;
      this.#slotOf.set(groupId, slot);
      this.groupIds.push(groupId);
      this.all.push(slot);
      const all = this.groups.allOf(groupId);
      if (all !== groupId) this.all[slot] = this.slot(all);
    }
    return slot;
  }

  /** Makes sure that a tuple's slots are in `flat`. */
  know(tuple: number): void {
    if (tuple < this.start.length && this.start[tuple] >= 0) return;
    if (tuple >= this.start.length) {
      const size = Math.max(tuple + 1, this.start.length * 2);
      this.start = copyInto(new Int32Array(size).fill(-1), this.start);
      this.length = copyInto(new Int32Array(size), this.length);
      this.insurance = copyInto(new Int32Array(size), this.insurance);
    }
    const groupIds = this.groups.groupsOf(tuple);
    while (this.#used + groupIds.length > this.flat.length) this.flat = grow(this.flat);
    this.start[tuple] = this.#used;
    this.length[tuple] = groupIds.length;
    for (const groupId of groupIds) this.flat[this.#used++] = this.slot(groupId);
    const name = this.groups.insuranceOf(tuple);
    const known = this.#insurances.get(name) ?? this.#insurances.size;
    this.#insurances.set(name, known);
    this.insurance[tuple] = known;
  }
}

import type { ClosedPeriod, GroupedChange, PublishInput } from "../../connectors/ports/publisher.js";
import { type FrozenSums, unpackSums } from "../../connectors/state/frozen-codec.js";
import type { PublishState } from "../ledger/ports.js";

/** The closes and the changes in closed months that came after a commit, for publishing. */
export function closedSnapshot(
  state: PublishState,
  since: number,
): Required<Pick<PublishInput, "closed" | "changes" | "versionFloor">> {
  const { closed } = state;
  const versionFloor = closed.highestVersion;
  if (closed.rows.length === 0) return { closed: [], changes: [], versionFloor };
  return {
    versionFloor,
    closed: closed.rows.filter((row) => row.sequence > since).map((row) => frozen(state, row.period)),
    changes: closed.store.changesSince(since).map((change): GroupedChange => {
      if (change.kind === "record") return { change, groupIds: [] };
      const own = state.dimensionIndex.groupsOf(change.tuple);
      return {
        change,
        groupIds: new Set([...own, ...Array.from(own, (groupId) => state.groups.allOf[groupId])]),
      };
    }),
  };
}

/**
 * A closed period under the groups' present numbers. Groupings that are kept no more are left out. The sums
 * are unpacked again when they are written: those of all closed periods need not be in memory together.
 */
function frozen(state: PublishState, period: string): ClosedPeriod {
  const row = state.closed.get(period)!;
  const unpack = (): FrozenSums => unpackSums(state.closed.store.data(period).sums, period);
  const { groups, groupings, personGroupings } = unpack();
  const kept = new Set(state.config.groupings);
  const rows = Int32Array.from(groups.keys()).filter((i) => kept.has(groups[i].grouping));
  return {
    ...row,
    groupings: groupings.filter((g) => kept.has(g)),
    personGroupings,
    groupIds: rows.map((i) => state.groups.groupIdOf(groups[i])),
    load: () => {
      const { sums, persons } = unpack();
      const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (i) => column[i]);
      return { sums: sums.map(pick), persons: pick(persons) };
    },
  };
}

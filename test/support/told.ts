import { dayText, monthText, parsePeriod } from "../../aggregations/calendar.js";
import type { Group, GroupSums } from "../../connectors/ports/publisher.js";
import type { SourceBatch } from "../../connectors/ports/source.js";
import type { State } from "../../pipelines/ledger/state.js";
import { MEASURES } from "../../schemas/measures.js";
import type { MemoryPublisher } from "./memory-publisher.js";
import { type Claimed, differences } from "./oracle/compare.js";
import {
  type Arrival,
  type Figures,
  groupKey,
  positionKey,
  type Recount,
  type Sums,
} from "./oracle/types.js";

/** What the state says after a history, beside its figures. */
export interface Told extends Claimed {
  /** Position of each waiting record -> reason. */
  readonly waiting: ReadonlyMap<string, string>;
  readonly orphanRefunds: readonly string[];
  readonly unmappedFacilities: readonly string[];
  /** received = applied + duplicate + held + quarantined, at every place. */
  readonly balanced: boolean;
  readonly received: number;
}

function figuresOf(
  groups: readonly Group[],
  { groupIds, sums }: GroupSums,
  wanted: (names: readonly string[]) => boolean,
): Figures {
  const figures: Figures = new Map();
  groupIds.forEach((groupId, i) => {
    if (!wanted(groups[groupId].grouping.split("+"))) return;
    const row = Object.fromEntries(MEASURES.map((m, j) => [m.name, sums[j][i]]));
    figures.set(keyOf(groups[groupId]), row as Sums);
  });
  return figures;
}

/** What stands published of a state, and what the state says of itself. */
export function toldOf(state: State, publisher: MemoryPublisher): Told {
  const { store } = state;
  const { groups, last } = publisher;
  const { keepDays, keepFacilityDays } = state.config.periods;
  const lastDay = last?.lastDataDay ?? Number.NEGATIVE_INFINITY;
  const months = new Map<string, Figures>();
  for (const [month, sums] of publisher.months) {
    months.set(
      monthText(month),
      figuresOf(groups, sums, () => true),
    );
  }
  // The published file shows the days inside the windows, and periods up to the latest day.
  const days = new Map<string, Figures>();
  for (const [day, sums] of publisher.days) {
    const inWindow = (names: readonly string[]): boolean =>
      day > lastDay - (names.includes("facility") ? keepFacilityDays : keepDays);
    days.set(dayText(day), figuresOf(groups, sums, inWindow));
  }
  const persons = new Map<string, Map<string, number>>();
  for (const [id, { groupIds, counts }] of publisher.persons) {
    if ((parsePeriod(id)?.startDay ?? 0) > lastDay) continue;
    persons.set(id, new Map(Array.from(groupIds, (groupId, i) => [keyOf(groups[groupId]), counts[i]])));
  }
  const waiting = new Map<string, string>();
  for (const entry of last?.quarantine ?? []) {
    if (entry.status === "waiting") waiting.set(positionKey(entry), entry.reason);
  }
  const orphans = store.sql("SELECT setl_id FROM refund WHERE orphan = 1 AND valid = 1").raw().all();
  const unmapped = (last?.unmapped ?? []).filter((u) => u.kind === "facility").map((u) => u.code);
  const balance = last?.balance ?? [];
  return {
    months,
    days,
    persons,
    waiting,
    orphanRefunds: (orphans as [string][]).map(([id]) => id).sort(),
    unmappedFacilities: unmapped.sort(),
    balanced: balance.every(
      (p) =>
        p.received === p.applied + p.duplicate + p.held + p.quarantined &&
        Math.min(p.applied, p.duplicate, p.held, p.quarantined) >= 0,
    ),
    received: balance.reduce((sum, p) => sum + p.received, 0),
  };
}
function keyOf({ insurance, grouping, dimensions }: Group): string {
  const names = grouping === "total" ? [] : grouping.split("+");
  return groupKey(
    insurance,
    grouping,
    names.map((n) => (dimensions as Record<string, string>)[n]),
  );
}

/** Records as a batch of one place, with the position behind them. */
export function batchOf(arrivals: readonly Arrival[]): SourceBatch {
  const { stream, source, partition } = arrivals[0];
  const last = arrivals[arrivals.length - 1].position;
  return {
    stream,
    payload: { kind: "values", values: arrivals.map((a) => Buffer.from(JSON.stringify(a.record))) },
    positions: arrivals.map((a) => a.position),
    appendedAtMs: null,
    position: { source, partition, next: last + 1, lastApplied: last, fingerprint: null, finished: false },
  };
}

/** Everything in which what was told differs from the recount of the same history, of which so many records came. */
export function wrongIn(told: Told, counted: Recount, received: number): string[] {
  const wrong = differences(told, counted);
  if (!told.balanced) wrong.push("quality_balance does not add up");
  if (told.received !== received) wrong.push(`received ${told.received} of ${received}`);
  for (const [at, reason] of told.waiting) {
    const reasons = [...(counted.rejected.get(at) ?? [])] as string[];
    if (!reasons.includes(reason)) wrong.push(`${at} waits as ${reason}, recounted ${reasons}`);
  }
  for (const [at, reasons] of counted.rejected) {
    // An older version whose facility left the jurisdiction later is no longer looked at.
    if (!told.waiting.has(at) && !reasons.has("out_of_jurisdiction")) {
      wrong.push(`${at} was let in, recounted ${[...reasons]}`);
    }
  }
  const compare = (what: string, told: readonly string[], counted: ReadonlySet<string>): void => {
    const expected = [...counted].sort().join(" ");
    if (told.join(" ") !== expected) wrong.push(`${what}: ${told.join(" ")}, recounted ${expected}`);
  };
  compare("orphan refunds", told.orphanRefunds, counted.orphanRefunds);
  compare("unmapped facilities", told.unmappedFacilities, counted.unmappedFacilities);
  return wrong;
}

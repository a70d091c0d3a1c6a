import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { monthOfDay, parsePeriod } from "../../../aggregations/calendar.js";
import { type FrozenSums, unpackSums } from "../../../connectors/state/frozen-codec.js";
import type { State } from "../../../pipelines/ledger/state.js";
import { closedSnapshot } from "../../../pipelines/publish/closed-periods.js";
import { MEASURES } from "../../../schemas/measures.js";
import { Bench } from "../../support/bench.js";
import { arrivalsOf, histories, recountOptions } from "../../support/histories.js";
import { recount } from "../../support/oracle/recount.js";
import { groupKey, type Recount } from "../../support/oracle/types.js";
import { referenceOf } from "../../support/state-driver.js";

const RUNS = Number(process.env.FUNDPULSE_HISTORIES ?? 60);
const DELIVERY = { partitions: 2, shuffle: null } as const;

type Table = Record<string, string>;

const keyOf = (g: { insurance: string; grouping: string; dimensions: object }): string =>
  groupKey(g.insurance, g.grouping, Object.values(g.dimensions));

/** Measures and persons of every group with a settlement in a period, as the recount has them. */
function recounted(counted: Recount, period: string, personGroupings: readonly string[]): Table {
  const table: Table = {};
  for (const [group, sums] of counted.months.get(period) ?? []) {
    const persons = personGroupings.includes(group.split("|")[1])
      ? (counted.persons.get(period)?.get(group) ?? 0)
      : "-";
    table[group] = `${MEASURES.map((m) => sums[m.name]).join(" ")} ${persons}`;
  }
  return table;
}

function frozenTable({ groups, sums, persons }: FrozenSums): Table {
  return Object.fromEntries(
    groups.map((g, i) => [
      keyOf(g),
      `${sums.map((column) => column[i]).join(" ")} ${Number.isNaN(persons[i]) ? "-" : persons[i]}`,
    ]),
  );
}

/** What the noted changes of a period come to in every group. */
function changed(state: State, period: string): Map<string, number[]> {
  const { startDay, endDay } = parsePeriod(period)!;
  const { sequence } = state.closed.get(period)!;
  const sums = new Map<string, number[]>();
  for (const { change, groupIds } of closedSnapshot(state, 0).changes) {
    if (change.kind !== "settlement" || change.sequence <= sequence) continue;
    if (change.month < monthOfDay(startDay) || change.month > monthOfDay(endDay)) continue;
    for (const groupId of groupIds) {
      const key = keyOf(state.groups.groups[groupId]);
      const row = sums.get(key) ?? MEASURES.map(() => 0);
      sums.set(
        key,
        row.map((value, m) => value + change.sums[m]),
      );
    }
  }
  return sums;
}

async function closedStays(numRuns: number): Promise<void> {
  let closes = 0;
  await fc.assert(
    fc.asyncProperty(
      histories(30),
      fc.double({ min: 0.2, max: 0.9, noNaN: true }),
      fc.nat(),
      fc.boolean(),
      async (history, share, pick, restart) => {
        const arrivals = arrivalsOf(history, DELIVERY);
        const first = arrivals.slice(0, Math.ceil(arrivals.length * share));
        const before = recount(first, recountOptions(history));
        const after = recount(arrivals, recountOptions(history));
        const periods = [...before.months.keys()];
        if (periods.length === 0) return;
        const period = periods[pick % periods.length];
        const bench = new Bench(history.world.config, referenceOf(history));
        try {
          await bench.open();
          await bench.take(first);
          const { outcome } = await bench.close(period);
          if (outcome === "refused") return;
          closes++;
          await bench.take(arrivals.slice(first.length, first.length + 5));
          if (restart) await bench.restart();
          await bench.take(arrivals.slice(first.length + 5));
          await bench.publish();
          const { state } = bench;
          const frozen = unpackSums(state.closed.store.data(period).sums, period);
          const { personGroupings } = history.world.config;
          expect(frozenTable(frozen)).toEqual(recounted(before, period, personGroupings));

          const then = before.months.get(period)!;
          const now = after.months.get(period) ?? new Map();
          const made = changed(state, period);
          const wrong: string[] = [];
          for (const group of new Set([...then.keys(), ...now.keys(), ...made.keys()])) {
            MEASURES.forEach(({ name }, m) => {
              const delta = (now.get(group)?.[name] ?? 0) - (then.get(group)?.[name] ?? 0);
              const noted = made.get(group)?.[m] ?? 0;
              if (delta !== noted) wrong.push(`${group} ${name}: ${delta}, noted ${noted}`);
            });
          }
          expect(wrong.slice(0, 5)).toEqual([]);
        } finally {
          bench.remove();
        }
      },
    ),
    { numRuns, endOnFailure: true, seed: Number(process.env.FUNDPULSE_SEED ?? 20_240_813) },
  );
  expect(closes).toBeGreaterThan(numRuns / 4);
}

describe("a closed period stays as the recount had it, and the changes noted since make up the difference", () => {
  test("in 15 histories", () => closedStays(15));
  test(`in ${RUNS} histories`, { tags: "long", timeout: 600_000 }, () => closedStays(RUNS));
});

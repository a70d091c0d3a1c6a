import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DuckDbPublisher } from "../../../connectors/duckdb/publish/publisher.js";
import { SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { arrivalsOf, deliveries, type History, histories, recountOptions } from "../../support/histories.js";
import { monthsOfPeriod, periodsOf } from "../../support/oracle/periods.js";
import { recount } from "../../support/oracle/recount.js";
import { groupKey, type Recount } from "../../support/oracle/types.js";
import { localDay } from "../../support/oracle/values.js";
import { type Beside, StateDriver } from "../../support/state-driver.js";

const INDICATORS = ["visits", "fee", "benefit_paid", "persons"] as const;
type Rows = Map<string, string>;

/** The chosen rows of `indicators`: key -> value and previous. */
async function published(path: string): Promise<Rows> {
  const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(`
      SELECT period, insurance, "grouping", indicator, ${SETTLEMENT_DIMENSIONS.join(", ")},
        value::VARCHAR AS value, previous::VARCHAR AS previous
      FROM indicators
      WHERE period_kind <> 'day' AND indicator IN (${INDICATORS.map((i) => `'${i}'`).join(", ")})`);
    const rows: Rows = new Map();
    for (const row of reader.getRowObjectsJson() as Record<string, string | null>[]) {
      const names = row.grouping === "total" ? [] : (row.grouping as string).split("+");
      const group = groupKey(
        row.insurance as string,
        row.grouping as string,
        names.map((n) => String(row[n])),
      );
      const number = (text: string | null): string => (text === null ? "null" : String(Number(text)));
      rows.set(`${row.period} ${group} ${row.indicator}`, `${number(row.value)} was ${number(row.previous)}`);
    }
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const yearBefore = (period: string): string => String(Number(period.slice(0, 4)) - 1) + period.slice(4);

/** The same rows from the recount (docs/specification.md#rows: where this period or last year's has data). */
function expected(history: History, counted: Recount): Rows {
  const rows: Rows = new Map();
  const zone = history.world.config.timezone;
  const months = [...counted.current.values()]
    .filter((s) => s.counts)
    .map((s) => localDay(s.effectiveTime, zone).slice(0, 7))
    .sort();
  if (months.length === 0) return rows;
  const [first] = months;
  const last = months[months.length - 1];
  const figure = (period: string, group: string, indicator: (typeof INDICATORS)[number]): number => {
    if (indicator === "persons") return counted.persons.get(period)?.get(group) ?? 0;
    const sum = counted.months.get(period)?.get(group)?.[indicator] ?? 0;
    return indicator === "visits" ? sum : sum / 100;
  };
  for (let year = Number(first.slice(0, 4)); year <= Number(last.slice(0, 4)); year++) {
    for (const period of periodsOf(String(year))) {
      if ((monthsOfPeriod(period).at(0) as string) > last) continue;
      if (period.includes("YTD") && (monthsOfPeriod(period).at(-1) as string) > last) continue;
      const before = yearBefore(period);
      const known = (monthsOfPeriod(before).at(-1) as string) >= first;
      const groups = new Set([
        ...(counted.months.get(period)?.keys() ?? []),
        ...(counted.months.get(before)?.keys() ?? []),
      ]);
      for (const group of groups) {
        for (const indicator of INDICATORS) {
          const grouping = group.split("|")[1];
          if (indicator === "persons" && !history.world.config.personGroupings.includes(grouping)) continue;
          const was = known ? String(figure(before, group, indicator)) : "null";
          rows.set(`${period} ${group} ${indicator}`, `${figure(period, group, indicator)} was ${was}`);
        }
      }
    }
  }
  return rows;
}

test("published values and last year's, of every period, equal the recount", async () => {
  await fc.assert(
    fc.asyncProperty(histories(12), deliveries, async (history, delivery) => {
      const counted = recount(arrivalsOf(history, delivery), recountOptions(history));
      let publisher: DuckDbPublisher | undefined;
      let rows: Rows = new Map();
      const beside: Beside = {
        open: async (config) => {
          publisher = new DuckDbPublisher({ dataDir: config.data, config });
          await publisher.open("state");
        },
        publish: async (input) => {
          await publisher?.publish(input);
        },
        inspect: async () => {
          rows = await published((publisher as DuckDbPublisher).publishedPath);
        },
      };
      try {
        await StateDriver.told(history, delivery, beside);
      } finally {
        await publisher?.close();
      }
      const wanted = expected(history, counted);
      const wrong: string[] = [];
      for (const key of new Set([...rows.keys(), ...wanted.keys()])) {
        if (rows.get(key) !== wanted.get(key))
          wrong.push(`${key}: ${rows.get(key)}, recounted ${wanted.get(key)}`);
      }
      expect(wrong.slice(0, 10)).toEqual([]);
    }),
    { numRuns: 8, endOnFailure: true, seed: 20_240_813 },
  );
}, 600_000);

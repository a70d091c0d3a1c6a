import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DuckDbPublisher } from "../../../connectors/duckdb/publish/publisher.js";
import {
  restatedCauses,
  restatedFigures,
  restatedSettlements,
} from "../../../connectors/duckdb/views/restated.js";
import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { Bench } from "../../support/bench.js";
import { arrivalsOf, histories, recountOptions } from "../../support/histories.js";
import { recount } from "../../support/oracle/recount.js";
import { referenceOf } from "../../support/state-driver.js";

const RUNS = Number(process.env.FUNDPULSE_HISTORIES ?? 15);
const DELIVERY = { partitions: 2, shuffle: null } as const;

const FIGURE = [
  "period",
  "insurance",
  '"grouping"',
  ...DIMENSIONS,
  "other::VARCHAR",
  "indicator",
  "unit",
].join(", ");
const unlike = (a: string, b: string): string =>
  `SELECT * FROM ((${a}) EXCEPT ALL (${b})) UNION ALL SELECT * FROM ((${b}) EXCEPT ALL (${a}))`;

/** What must hold of a published file: queries that find nothing. */
const NOTHING: Readonly<Record<string, string>> = {
  "the last day of its period beside each row": `FROM store.fact f JOIN store.period p ON p.period = f.period
    WHERE f.period_end IS DISTINCT FROM p.period_end`,
  "causes as they follow": unlike("FROM store.restated_cause", restatedCauses(null)),
  "settlement figures as they follow": unlike("FROM store.restated", restatedSettlements(null)),
  "given figures as they follow": unlike("FROM store.restated_figure", restatedFigures(null)),
  "the restated figures of `indicators`, and no other": unlike(
    `SELECT ${FIGURE}, old_value, new_value, delta FROM restatement`,
    `SELECT ${FIGURE}, reported, value, (value - reported)::DECIMAL(24, 6) FROM indicators WHERE status = 'restated'`,
  ),
  "only what has no bills of its own follows from others": `FROM restatement r WHERE follows_from IS NOT NULL
    AND EXISTS (FROM store.restated_cause c JOIN store.grp g ON g.gid = c.gid WHERE c.period = r.period
      AND g.insurance = r.insurance AND g."grouping" = r."grouping" AND ${DIMENSIONS.filter(
        (d) => !["fund", "subject", "person_group", "sex"].includes(d),
      )
        .map((d) => `g.${d} IS NOT DISTINCT FROM r.${d}`)
        .join(" AND ")})`,
  "what a share follows from is restated": `FROM restatement r WHERE follows_from LIKE '%.%' AND indicator LIKE 'share%'
    AND NOT EXISTS (FROM restatement w WHERE w.period = r.period AND w.insurance = r.insurance
      AND w."grouping" || '.' || w.indicator = r.follows_from AND (w.care IS NULL OR w.care = r.care)
      AND (w.category IS NULL OR w.category = r.category))`,
};

async function wrong(connection: DuckDBConnection): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const [what, sql] of Object.entries(NOTHING)) {
    const rows = (await connection.runAndReadAll(`SELECT * FROM (${sql}) LIMIT 3`)).getRowsJson();
    if (rows.length > 0) found[what] = rows;
  }
  return found;
}

async function storedIsDerived(numRuns: number): Promise<void> {
  let restated = 0;
  await fc.assert(
    fc.asyncProperty(
      histories(40),
      fc.double({ min: 0.2, max: 0.8, noNaN: true }),
      fc.nat(),
      fc.nat({ max: 2 }),
      async (history, share, pick, restartAt) => {
        const arrivals = arrivalsOf(history, DELIVERY);
        const first = Math.ceil(arrivals.length * share);
        const periods = [...recount(arrivals.slice(0, first), recountOptions(history)).months.keys()];
        if (periods.length === 0) return;
        const publishers: DuckDbPublisher[] = [];
        const bench = new Bench(history.world.config, referenceOf(history), (config) => {
          const publisher = new DuckDbPublisher({ dataDir: config.data, config });
          publishers.push(publisher);
          return publisher;
        });
        const check = async (): Promise<void> => {
          const instance = await DuckDBInstance.create(publishers[0].publishedPath, {
            access_mode: "READ_ONLY",
          });
          const connection = await instance.connect();
          try {
            expect(await wrong(connection)).toEqual({});
            const counted = await connection.runAndReadAll("SELECT count(*)::INTEGER FROM restatement");
            restated += Number(counted.getRows()[0][0]);
          } finally {
            connection.closeSync();
            instance.closeSync();
          }
        };
        try {
          await bench.open();
          await bench.take(arrivals.slice(0, first));
          for (const n of [0, 1]) await bench.close(periods[(pick + n) % periods.length]);
          const step = Math.ceil((arrivals.length - first) / 3);
          for (let part = 0; part < 3; part++) {
            await bench.take(arrivals.slice(first + part * step, first + (part + 1) * step));
            if (part === restartAt) await bench.restart();
            await bench.publish();
            if (part === 1) await bench.close(periods[(pick + 2) % periods.length]);
            await check();
          }
        } finally {
          for (const publisher of publishers) await publisher.close();
          bench.remove();
        }
      },
    ),
    { numRuns, endOnFailure: true, seed: Number(process.env.FUNDPULSE_SEED ?? 20_240_813) },
  );
  expect(restated).toBeGreaterThan(0);
}

describe("restatements are stored as they follow from what is published, publish after publish", () => {
  test("in 2 histories", () => storedIsDerived(2));
  test(`in ${RUNS} histories`, { tags: "long", timeout: 900_000 }, () => storedIsDerived(RUNS));
});

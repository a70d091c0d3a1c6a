import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFigure } from "../../../connectors/flink/figure.js";
import { generateJob } from "../../../connectors/flink/generate.js";
import { claimOf } from "../../support/flink/claim.js";
import { DuckDbJob, decodeRows } from "../../support/flink/duckdb.js";
import { arrivalsOf, FINAL_NOW, type History, histories, recountOptions } from "../../support/histories.js";
import { differences } from "../../support/oracle/compare.js";
import { finalFacilities } from "../../support/oracle/facilities.js";
import { bill, testConfig } from "../../support/oracle/fixtures.js";
import { recount } from "../../support/oracle/recount.js";
import { referenceOf } from "../../support/state-driver.js";

const DELIVERY = { partitions: 3, shuffle: null } as const;
const WIRING = {
  brokers: ["127.0.0.1:9092"],
  topics: { settlement: "fund.settlement", facility: "fund.facility", figures: "fund.figures" },
  name: "fundpulse",
  kafka: {},
};

/** Everything in which the generated SQL, evaluated by DuckDB, differs from the recount of the same history. */
async function wrongOf(history: History): Promise<string[]> {
  const arrivals = arrivalsOf(history, DELIVERY);
  const { config } = history.world;
  const { categories, facilities } = referenceOf(history);
  const counted = recount(arrivals, { ...recountOptions(history), sums: "month" });
  if (counted.ambiguous.length > 0) return [];
  const records = arrivals.filter((a) => a.stream === "settlement");
  const rows = await decodeRows(
    records.map((a) => ({
      bytes: Buffer.from(JSON.stringify(a.record)),
      partition: Number(a.partition),
      offset: a.position,
    })),
    config.timezone,
  );
  const source = { config, categories, facilities, schemas: [] };
  const { manifest } = generateJob(source, WIRING, null);
  const ties: string[] = [];
  const table = finalFacilities(history.world.facilities, arrivals, config.timezone, ties);
  const job = await DuckDbJob.open(source, rows, table, FINAL_NOW);
  try {
    const figures = (await job.figures()).map(([key, value]) =>
      readFigure(manifest, key, Buffer.from(JSON.stringify(value))),
    );
    const wrong = differences(claimOf(config, categories, figures), counted);
    const waiting = new Map(
      figures.flatMap((f) =>
        f.kind === "quarantine"
          ? [[`history:settlement ${f.partition} ${f.offset}`, f.fault.split("|")[0]]]
          : [],
      ) as [string, string][],
    );
    const reasons = new Map(
      [...counted.rejected]
        .filter(([at]) => at.includes("settlement"))
        .map(([at, r]) => [at, [...r] as string[]]),
    );
    if (waiting.size < reasons.size) wrong.push(`${waiting.size} quarantined, recounted ${reasons.size}`);
    const read = figures.reduce(
      (n, f) => n + (f.kind === "progress" && f.stream === "settlement" ? f.records : 0),
      0,
    );
    if (read !== records.length) wrong.push(`${read} read of ${records.length}`);
    return wrong;
  } finally {
    job.close();
  }
}

async function equalTheRecount(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories(40), async (history) => {
      expect((await wrongOf(history)).slice(0, 8)).toEqual([]);
    }),
    { numRuns, seed: 20_261_128, interruptAfterTimeLimit: 400_000 },
  );
}

describe("the generated SQL, evaluated without a cluster", () => {
  test("comes to the recount's figures on random histories", { timeout: 60_000 }, () => equalTheRecount(5));
  test("a level that no table knows is told unmapped where the facility is not known either", async () => {
    const config = testConfig({ source: { kind: "kafka", brokers: ["127.0.0.1:9092"] } });
    const levels = ["", "05", "11", "12", "5", "99"];
    const bills = [...levels, "99"].map((hosp_lv, i) =>
      bill({ setl_id: `S${i}`, fixmedins_code: "NEW", hosp_lv }),
    );
    const records = [...bills, bill({ setl_id: "K", fixmedins_code: "KNOWN", hosp_lv: "98" })];
    const rows = await decodeRows(
      records.map((record, offset) => ({ bytes: Buffer.from(JSON.stringify(record)), partition: 0, offset })),
      config.timezone,
    );
    const source = { config, categories: [], facilities: [], schemas: [] };
    const known = {
      code: "KNOWN",
      from: "",
      to: "",
      admdvs: "620725",
      tier: "2",
      ownership: "public",
      kind: "x",
    };
    const job = await DuckDbJob.open(source, rows, [known], FINAL_NOW);
    try {
      const { manifest } = generateJob(source, WIRING, null);
      const found = (await job.figures()).flatMap(([key, value]) => {
        const figure = readFigure(manifest, key, Buffer.from(JSON.stringify(value)));
        return figure.kind === "unmapped" && figure.what === "hosp_lv" ? [[figure.code, figure.records]] : [];
      });
      expect(found.sort()).toEqual([
        ["", 1],
        ["12", 1],
        ["5", 1],
        ["99", 2],
      ]);
    } finally {
      job.close();
    }
  });
  test("the same of many", { tags: "long", timeout: 600_000 }, () => equalTheRecount(150));
});

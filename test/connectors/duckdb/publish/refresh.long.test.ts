import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { DuckDbPublisher } from "../../../../connectors/duckdb/publish/publisher.js";
import { dayNumber, group, month, persons, publishInput, testConfig } from "../../../support/publish.js";

test("months add up exactly, also beyond what a DOUBLE can tell apart", async () => {
  const visits = 2 ** 53 - 1;
  const dataDir = mkdtempSync(join(tmpdir(), "fundpulse-exact-"));
  const publisher = new DuckDbPublisher({ dataDir, config: testConfig() });
  await publisher.open("state");
  const months = Array.from({ length: 12 }, (_, i) => `2023-${String(i + 1).padStart(2, "0")}`);
  await publisher.publish(
    publishInput({
      newGroups: [group(0, "resident")],
      months: months.map((m) => month(m, { 0: { visits } })),
    }),
  );
  // One month anew, and one less: the others are taken as they stand.
  await publisher.publish(
    publishInput({ full: false, sequence: 2, months: [month("2023-05", { 0: { visits: visits - 1 } })] }),
  );
  await publisher.close();
  const instance = await DuckDBInstance.create(publisher.publishedPath, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll(
    "SELECT visits::VARCHAR FROM store.fact WHERE period = '2023' AND present",
  );
  expect(rows.getRows()).toEqual([[String(12n * BigInt(visits) - 1n)]]);
  connection.closeSync();
  instance.closeSync();
  rmSync(dataDir, { recursive: true, force: true });
});

test("a publish of many groups has the denominators of their shares, and last year's rows of zeros", async () => {
  const FACILITIES = 8000;
  const dataDir = mkdtempSync(join(tmpdir(), "fundpulse-many-"));
  const publisher = new DuckDbPublisher({ dataDir, config: testConfig() });
  await publisher.open("state");
  const all = Array.from({ length: FACILITIES }, (_, i) => i + 1);
  const every = Object.fromEntries(
    [0, ...all].map((groupId) => [groupId, { visits: groupId === 0 ? FACILITIES : 1 }]),
  );
  await publisher.publish(
    publishInput({
      newGroups: [
        group(0, "resident"),
        ...all.map((i) => group(i, "resident", { care: "outpatient", facility: `H${i}` })),
      ],
      months: ["2023-01", "2023-02", "2023-03", "2024-02", "2024-03"].map((m) => month(m, every)),
    }),
  );
  await publisher.close();
  const instance = await DuckDBInstance.create(publisher.publishedPath, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll(
    `SELECT count(*)::INTEGER, min(value)::VARCHAR, max(value)::VARCHAR, max(previous)::VARCHAR FROM indicators
     WHERE "grouping" = 'care+facility' AND indicator = 'share_visits' AND period IN ('2024-02', '2024-01')
     GROUP BY period ORDER BY period`,
  );
  const share = (1 / FACILITIES).toFixed(6);
  expect(rows.getRows()).toEqual([
    [FACILITIES, null, null, share],
    [FACILITIES, share, share, share],
  ]);
  connection.closeSync();
  instance.closeSync();
  rmSync(dataDir, { recursive: true, force: true });
});

test("a publish that is given more than a row group, and days without data, has last year's rows of zeros", async () => {
  const GROUPS = 14_000;
  const GONE = 7;
  const dataDir = mkdtempSync(join(tmpdir(), "fundpulse-given-"));
  const publisher = new DuckDbPublisher({ dataDir, config: testConfig() });
  await publisher.open("state");
  const ids = Array.from({ length: GROUPS }, (_, i) => i);
  const of = (list: readonly number[]) => Object.fromEntries(list.map((id) => [id, { visits: 1 }]));
  const months = [month("2023-01", of(ids)), month("2024-01", of(ids.filter((id) => id !== GONE)))];
  const year = ["Q1", "H1", "", "YTD01"];
  const ytd = Array.from({ length: 11 }, (_, i) => `YTD${String(i + 2).padStart(2, "0")}`);
  const wholes = [[...year, ...ytd].map((end) => `2023${end}`), year.map((end) => `2024${end}`)];
  await publisher.publish(
    publishInput({
      lastDataDay: dayNumber("2024-01-31"),
      newGroups: ids.map((i) => group(i, "resident", { care: "outpatient", facility: `H${i}` })),
      months,
      addedUp: months.map(({ data }, i) => ({ periods: wholes[i]!, data })),
      persons: ["2023-01", "2024-01", ...wholes.flat()].map((period) => persons(period, { 0: 1 })),
    }),
  );
  await publisher.close();
  const instance = await DuckDBInstance.create(publisher.publishedPath, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll(
    `SELECT period, present, visits::VARCHAR FROM store.fact WHERE period IN ('2024-01', '2024H1') AND gid = ${GONE} ORDER BY 1`,
  );
  expect(rows.getRows()).toEqual([
    ["2024-01", false, "0"],
    ["2024H1", false, "0"],
  ]);
  connection.closeSync();
  instance.closeSync();
  rmSync(dataDir, { recursive: true, force: true });
});

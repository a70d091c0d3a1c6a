import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { DuckDbPublisher } from "../../../../connectors/duckdb/publish/publisher.js";
import { group, month, publishInput, testConfig } from "../../../support/publish.js";

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

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { DuckDbPublisher } from "../../../../connectors/duckdb/publish/publisher.js";
import { group, month, publishInput, sums, testConfig } from "../../../support/publish.js";

test("groups change in place, come and go; changes that follow another publish are refused", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "fundpulse-change-"));
  const publisher = new DuckDbPublisher({ dataDir, config: testConfig() });
  await publisher.open("state");
  await publisher.publish(
    publishInput({
      newGroups: [group(0, "resident"), group(1, "employee"), group(2, "maternity")],
      months: [
        month("2023-05", { 0: { visits: 3 }, 1: { visits: 1 } }),
        month("2024-05", { 1: { visits: 4 } }),
      ],
    }),
  );
  const change = (sequence: number, since: number) =>
    publishInput({
      full: false,
      sequence,
      since,
      sumChanges: [
        {
          periods: ["2023-05", "2023"],
          data: {
            ...sums({ 0: { visits: -3 }, 1: { visits: 2 }, 2: { visits: 7 } }),
            settlements: Float64Array.of(-1, 1, 1),
          },
        },
      ],
    });
  await publisher.publish(change(2, 1));
  await expect(publisher.publish(change(3, 1))).rejects.toMatchObject({ code: "FP4001" });
  await publisher.close();
  const instance = await DuckDBInstance.create(publisher.publishedPath, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll(
    `SELECT period, gid, present, visits::INTEGER FROM store.fact
      WHERE period IN ('2023-05', '2023', '2023Q2', '2024-05') ORDER BY period, gid`,
  );
  // What was not told to change stands; zeros follow the year before, which lost one group and won another.
  expect(rows.getRows()).toEqual([
    ["2023", 1, true, 3],
    ["2023", 2, true, 7],
    ["2023-05", 1, true, 3],
    ["2023-05", 2, true, 7],
    ["2023Q2", 0, true, 3],
    ["2023Q2", 1, true, 1],
    ["2024-05", 1, true, 4],
    ["2024-05", 2, false, 0],
  ]);
  connection.closeSync();
  instance.closeSync();
  rmSync(dataDir, { recursive: true, force: true });
});

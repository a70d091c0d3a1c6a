import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DuckDbPublisher } from "../../../../connectors/duckdb/publish/publisher.js";
import { group, month, publishInput, testConfig } from "../../../support/publish.js";
import { startReader } from "../../../support/readers.js";

const PUBLISHES = 110;

test("two processes that read during 110 publishes meet no error, no mixture, and versions that only rise", {
  tags: "long",
  timeout: 300_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "fundpulse-readers-"));
  const stop = join(dataDir, "stop");
  const publisher = new DuckDbPublisher({ dataDir, config: testConfig() });
  await publisher.open("state");
  const groups = [group(0, "resident"), group(1, "resident", { care: "inpatient" })];
  const at = (n: number) => [month("2024-01", { 0: { visits: n }, 1: { visits: n } })];
  await publisher.publish(publishInput({ newGroups: groups, months: at(1) }));

  const readers = [1, 2].map(() => startReader("read-published.mjs", publisher.publishedPath, stop));
  for (let n = 2; n <= PUBLISHES + 1; n++) {
    expect(await publisher.publish(publishInput({ full: false, sequence: n, months: at(n) }))).toBe(n);
  }
  writeFileSync(stop, "");
  for (const met of await Promise.all(readers)) {
    expect(met).toMatchObject({ errors: [], mixtures: [], falls: 0 });
    expect(met.opens).toBeGreaterThan(5);
    expect(met.versions).toBeGreaterThan(3);
  }
  expect(existsSync(`${publisher.publishedPath}.wal`)).toBe(false);
  await publisher.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test("a stale .wal beside the published file is removed", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "fundpulse-wal-"));
  const publisher = new DuckDbPublisher({ dataDir, config: testConfig() });
  await publisher.open("state");
  await publisher.publish(publishInput());
  writeFileSync(`${publisher.publishedPath}.wal`, "left over");
  await publisher.publish(publishInput({ full: false }));
  expect(existsSync(`${publisher.publishedPath}.wal`)).toBe(false);
  await publisher.close();
  rmSync(dataDir, { recursive: true, force: true });
});

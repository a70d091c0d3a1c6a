import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { DuckDbPublisher } from "../../connectors/publish-duckdb.js";
import { group, month, publishInput, testConfig } from "../support/publish.js";

const CHILD = fileURLToPath(new URL("../support/children/read-published.mjs", import.meta.url));
const PUBLISHES = 110;

test("two processes that read during 110 publishes meet no error, no mixture, and versions that only rise", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "fundpulse-readers-"));
  const stop = join(dataDir, "stop");
  const publisher = new DuckDbPublisher({ dataDir, config: testConfig() });
  await publisher.open("state");
  const groups = [group(0, "resident"), group(1, "resident", { care: "inpatient" })];
  const at = (n: number) => [month("2024-01", { 0: { visits: n }, 1: { visits: n } })];
  await publisher.publish(publishInput({ newGroups: groups, months: at(1) }));

  const readers = [1, 2].map(
    () =>
      new Promise<{ opens: number; errors: string[]; mixtures: number; falls: number; versions: number }>(
        (resolve, reject) => {
          const child = spawn(process.execPath, [CHILD, publisher.publishedPath, stop]);
          let out = "";
          let err = "";
          child.stdout.on("data", (d) => (out += d));
          child.stderr.on("data", (d) => (err += d));
          child.on("error", reject);
          child.on("close", (code) => (code === 0 ? resolve(JSON.parse(out)) : reject(new Error(err))));
        },
      ),
  );
  for (let n = 2; n <= PUBLISHES + 1; n++) {
    expect(await publisher.publish(publishInput({ full: false, sequence: n, months: at(n) }))).toBe(n);
  }
  writeFileSync(stop, "");
  for (const met of await Promise.all(readers)) {
    expect(met).toMatchObject({ errors: [], mixtures: 0, falls: 0 });
    expect(met.opens).toBeGreaterThan(5);
    expect(met.versions).toBeGreaterThan(3);
  }
  expect(existsSync(`${publisher.publishedPath}.wal`)).toBe(false);
  await publisher.close();
  rmSync(dataDir, { recursive: true, force: true });
}, 300_000);

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

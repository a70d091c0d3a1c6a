import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SqliteStore } from "../../../connectors/state/store.js";
import type { PublishState } from "../../../pipelines/ledger/ports.js";
import { WholeTables } from "../../../pipelines/publish/whole-tables.js";

let folder: string;
let store: SqliteStore;
let tables: WholeTables;
let state: PublishState;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fundpulse-tables-"));
  store = new SqliteStore(folder, { keyCheck: "key", rules: "rules" });
  state = {
    ...{ store, facilities: [], facilitiesRevision: 0, reference: { categories: [], divisions: [] } },
    reporting: { revision: 0, dayRevision: 0, facilities: [], latestDay: null },
    ...{ closed: { rows: [] } },
  } as unknown as PublishState;
  tables = new WholeTables(state, 2);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What stands in a reader's `quality_warning` after publish upon publish. */
let standing: string[] = [];
function publish(work: () => void): void {
  store.commit(work);
  const { warnings, changedKeys } = tables.changed();
  tables.given();
  if (warnings === undefined) return;
  const keys = changedKeys?.warnings;
  const rows = warnings.map((w) => w.record_key);
  standing = keys === undefined ? rows : [...standing.filter((key) => !keys.includes(key)), ...rows];
}

test("rows that were left out for their number stand as soon as there is room for them", () => {
  const { warnings, partitions } = store;
  publish(() => {
    const partitionId = partitions.of("folder", "settlement-1.ndjson").id;
    for (const key of ["a", "b", "c"])
      warnings.set(key, "implausible_stay", { partitionId, position: 0 }, "", "settlement");
  });
  expect(standing).toHaveLength(2);
  publish(() => warnings.drop(standing[0]!, ["implausible_stay"]));
  expect(standing).toHaveLength(2);
});

test("what looks at every table between two publishes takes nothing from the next one", () => {
  const { warnings, partitions } = store;
  const warn = (key: string) => (): void =>
    warnings.set(
      key,
      "implausible_stay",
      { partitionId: partitions.of("folder", "settlement-1.ndjson").id, position: 0 },
      "",
      "settlement",
    );
  publish(warn("a"));
  store.commit(() => warnings.drop("a", ["implausible_stay"]));
  expect(tables.changed().changedKeys).toEqual({ warnings: ["a"] });
  store.commit(warn("b"));
  expect(new WholeTables(state, 2).all().warnings).toHaveLength(1);
  tables.given();
  publish(warn("c"));
  expect(standing).toContain("b");
});

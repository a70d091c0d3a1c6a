import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadReference } from "../../../connectors/config/reference.js";
import {
  simulate,
  simulatedEvents,
  suggestedConfig,
  writeReference,
} from "../../../pipelines/simulate/simulate.js";
import { configSchema } from "../../../schemas/config/schema.js";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "fundpulse-simulate-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const PROFILES = ["free", "shandan-2024h1", "huining-2024q1"];

describe("simulate", () => {
  it("writes a free profile into files of the asked size and reports its progress", () => {
    const heard: number[] = [];
    const result = simulate(
      { profile: "free", outDir: dir, format: "ndjson", eventsPerFile: 10_000, free: { events: 25_000 } },
      (events) => heard.push(events),
    );
    expect(result.byStream.settlement).toBe(25_000);
    expect(result.events).toBe(heard.at(-1));
    expect(readdirSync(dir).sort()).toEqual([
      "enrolment-000001.ndjson",
      "facility-000001.ndjson",
      "settlement-000001.ndjson",
      "settlement-000002.ndjson",
      "settlement-000003.ndjson",
    ]);
    expect(result.files).toHaveLength(5);
  });

  it.each(PROFILES)(
    "writes reference tables and a configuration that the pipeline accepts: %s",
    (profile) => {
      const files = writeReference({ profile }, dir).map((f) => path.basename(f));
      expect(files.sort()).toEqual(["categories.csv", "divisions.csv", "facilities.csv"]);
      const tables = loadReference(dir, "Asia/Shanghai");
      expect(tables.facilities.length).toBeGreaterThan(20);
      const config = configSchema.parse({
        ...suggestedConfig({ profile }),
        source: { kind: "folder", path: "inbox" },
        privacy: { personKey: "test" },
      });
      expect(config.jurisdiction.level).toBe("county");
    },
  );

  it("names the profiles there are when asked for another", () => {
    expect(() => simulatedEvents({ profile: "nowhere" })).toThrow(/shandan-2024h1, huining-2024q1, free/);
  });
});

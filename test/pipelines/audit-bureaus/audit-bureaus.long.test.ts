import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { type AuditedFigure, nameOf } from "../../../pipelines/audit/arithmetic/judge.js";
import type { PrintedReport } from "../../../pipelines/audit/data/report.js";
import { auditReport } from "../../../pipelines/audit/data-report.js";
import { run } from "../../support/printed.js";
import { Workspace } from "../../support/workspace.js";
import type { Bill } from "./bills.js";
import { CITY } from "./city.js";
import { cityReport } from "./city-report.js";
import { COUNTY_CITY } from "./county-city.js";
import { countyCityReport } from "./county-city-report.js";
import { spoil } from "./spoil.js";

interface Bureau {
  readonly bills: readonly Bill[];
  readonly config: Record<string, unknown>;
  readonly reference: Readonly<Record<"facilities" | "categories" | "divisions", string>>;
  readonly files: (bills: readonly Bill[]) => Readonly<Record<string, readonly object[]>>;
  readonly report: (bills: readonly Bill[]) => PrintedReport;
}

/** A bill more for each of the first stays: what the print has seen and the events have not. */
const lostOf = (bills: readonly Bill[]): Bill[] =>
  bills
    .filter((b) => b.year === 2024 && b.care === "inpatient")
    .slice(0, 10)
    .map((b) => ({ ...b, id: `${b.id}-lost` }));

const shown = (f: AuditedFigure): string => `${nameOf(f)}: printed ${f.text}, computed ${f.computed}`;
const bureaus: readonly [string, Bureau, "half-up" | "cut-off"][] = [
  ["a city, a quarter with last year's, half up", { ...CITY, report: cityReport }, "half-up"],
  ["a county-level city, a first year, cut off", { ...COUNTY_CITY, report: countyCityReport }, "cut-off"],
];

describe.each(bureaus)("%s", (_, bureau, rounding) => {
  const right = bureau.report(bureau.bills);
  let space: Workspace;
  const audit = async (report: PrintedReport): Promise<readonly AuditedFigure[]> => {
    const result = await auditReport(report, space.published, loadConfig(space.configFile).config);
    expect(result.rounding).toBe(rounding);
    return result.figures;
  };
  beforeAll(async () => {
    space = new Workspace({ groupings: undefined, ...bureau.config });
    for (const [name, csv] of Object.entries(bureau.reference))
      space.reference(name as keyof Bureau["reference"], csv);
    for (const [stream, records] of Object.entries(bureau.files(bureau.bills)))
      space.put(`${stream}-1.ndjson`, records);
    await space.drain();
  }, 120_000);
  afterAll(() => space.remove());

  test("no figure of a right print is called wrong, and most are read", async () => {
    const figures = await audit(right);
    const printed = [
      ...right.tables.flatMap((t) =>
        t.rows.map((row) => t.columns.filter((c) => /^-?[\d.,]+$/.test(String(row[c.key] ?? ""))).length),
      ),
      ...(right.statements ?? []).map((s) => Object.keys(s.values).length),
    ].reduce((sum, n) => sum + n, 0);
    expect(figures).toHaveLength(printed);
    expect(figures.filter((f) => f.status === "differs" || f.status === "print-error").map(shown)).toEqual(
      [],
    );
    const open = figures.filter((f) => f.status === "not-computable");
    expect(open.length).toBeLessThan(0.2 * figures.length);
    expect(open.filter((f) => (f.note ?? "") === "")).toEqual([]);
  });

  test("a wrong digit is hardly ever taken for a right one, and takes no right figure with it", async () => {
    const sound = await audit(right);
    const spoiled = spoil(right);
    const figures = await audit(spoiled);
    expect(figures).toHaveLength(sound.length);
    let [found, missed, changed] = [0, 0, 0];
    const wrong: string[] = [];
    for (const [i, f] of figures.entries()) {
      const before = sound[i]!;
      const convicted = f.status === "differs" || f.status === "print-error";
      if (f.text !== before.text) changed++;
      if (f.text === before.text) {
        if (convicted) wrong.push(`${shown(f)} ${f.note}`);
      } else if (convicted) found++;
      else if (f.status === "equal") missed++;
    }
    // What follows from a wrong figure, a total from its line, may be called wrong with it.
    expect(wrong.filter((w) => !w.includes("follows from"))).toEqual([]);
    // Among some hundred bills a wrong count is soon another right one.
    expect(missed).toBeLessThanOrEqual(0.1 * changed);
    expect(found).toBeGreaterThan(10);
  });

  test("bills that the print has seen and the events have not: the figures they touch are not called equal", async () => {
    const sound = await audit(right);
    const figures = await audit(bureau.report([...bureau.bills, ...lostOf(bureau.bills)]));
    const touched = figures.filter((f, i) => f.text !== sound[i]!.text);
    expect(touched.length).toBeGreaterThan(20);
    expect(touched.filter((f) => f.status === "equal").length).toBeLessThanOrEqual(0.1 * touched.length);
    expect(figures.filter((f) => f.status === "differs").length).toBeGreaterThan(5);
  });

  test("the command ends with 0 on the right print and with 3 on one with bills that are missing", async () => {
    const file = join(space.dir, "report.json");
    const args = ["audit", file, "--config", space.configFile] as const;
    writeFileSync(file, JSON.stringify(right));
    expect(await run(...args)).toMatchObject({ code: 0, err: "" });
    writeFileSync(file, JSON.stringify(bureau.report([...bureau.bills, ...lostOf(bureau.bills)])));
    expect(await run(...args)).toMatchObject({ code: 3, err: "" });
  });
});

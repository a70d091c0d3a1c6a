import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { type AuditedFigure, nameOf } from "../../../pipelines/audit/arithmetic/judge.js";
import { auditReport } from "../../../pipelines/audit/wording/compare.js";
import type { PrintedReport } from "../../../pipelines/audit/wording/report.js";
import { run } from "../../support/printed.js";
import { Workspace } from "../../support/workspace.js";
import type { Bill } from "./bills.js";
import { CITY } from "./city.js";
import { cityReport } from "./city-report.js";
import { COUNTY_CITY } from "./county-city.js";
import { countyCityReport } from "./county-city-report.js";
import { mayStayOpen } from "./not-kept.js";
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

  test("every figure of a right print is computed alike, or is not kept and says so", async () => {
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
    expect(open.filter((f) => !mayStayOpen(f, right)).map((f) => `${nameOf(f)}: ${f.note}`)).toEqual([]);
    expect(open.filter((f) => (f.note ?? "") === "")).toEqual([]);
  });

  test("a wrong digit is found wherever it stands, and blamed on the print only against a confirmed figure", async () => {
    const sound = await audit(right);
    const spoiled = spoil(right);
    const figures = await audit(spoiled);
    expect(figures).toHaveLength(sound.length);
    const confirmed = figures.filter((f) => f.status === "equal").map(nameOf);
    const wrong: string[] = [];
    let found = 0;
    for (const [i, f] of figures.entries()) {
      const before = sound[i]!;
      if (f.text === before.text || before.status === "not-computable") {
        if (f.status !== before.status) wrong.push(`${shown(f)} ${f.status}, before ${before.status}`);
      } else if (f.status === "differs") found++;
      else if (f.status === "print-error" && confirmed.some((name) => f.note?.includes(name))) found++;
      else wrong.push(`${shown(f)} ${f.status} ${f.note}`);
    }
    expect(wrong).toEqual([]);
    expect(found).toBeGreaterThan(10);
  });

  test("bills that the print has seen and the events have not are differences, no errors of the print", async () => {
    const sound = await audit(right);
    const figures = await audit(bureau.report([...bureau.bills, ...lostOf(bureau.bills)]));
    const wrong = figures.filter((f, i) => {
      const { text, status } = sound[i]!;
      const expected = status === "equal" && f.text !== text ? "differs" : status;
      return f.status !== expected;
    });
    expect(wrong.map((f) => `${shown(f)} ${f.status} ${f.note}`)).toEqual([]);
    expect(figures.filter((f) => f.status === "differs").length).toBeGreaterThan(20);
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

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { INDICATOR_NAMES } from "../../../aggregations/explain/formula.js";
import { explainCommand } from "../../../pipelines/cli/commands/explain.js";
import { CLI, type Workspace } from "../../support/workspace.js";
import { county, PERSONS } from "./county.js";
import { disagreements } from "./every-figure.js";

let space: Workspace;
const said: string[] = [];
beforeAll(async () => {
  space = county();
  await space.drain();
});
afterAll(() => {
  // Nothing that was ever printed names a person.
  for (const person of PERSONS) expect(said.join("\n")).not.toContain(person);
  space.remove();
});

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command in this process. */
async function explained(line: string, options: Record<string, unknown> = {}): Promise<Run> {
  const [period, indicator, ...pairs] = line.split(" ");
  const out: string[] = [];
  const err: string[] = [];
  const take = (into: string[]) => (chunk: unknown) => {
    into.push(String(chunk));
    return true;
  };
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation(take(out) as never);
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation(take(err) as never);
  try {
    const code = await explainCommand(period!, indicator!, pairs, {
      config: space.configFile,
      format: "json",
      ...options,
    });
    return { code, out: out.join(""), err: err.join("") };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
    said.push(...out, ...err);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
const json = async (line: string, options: Record<string, unknown> = {}): Promise<any> => {
  const { code, out } = await explained(line, options);
  expect(code).toBe(0);
  return JSON.parse(out);
};

const ids = (explanation: { records: { rows: { setl_id?: string; entry_id?: string }[] }[] }, kind = 0) =>
  explanation.records[kind]!.rows.map((row) => row.setl_id ?? row.entry_id).sort();

describe("the worked example", () => {
  test("a rate: numerator, denominator, previous, and the six bills behind it", async () => {
    const e = await json("2024Q1 reimb_rate insurance=resident care=inpatient");
    expect(e.figure).toMatchObject({
      value: 0.55,
      previous: 0.4,
      change: 0.15,
      status: "open",
      reported: null,
    });
    expect([e.numerator, e.denominator, e.computed]).toEqual([3300, 6000, 0.55]);
    expect(e.check).toEqual({ outcome: "equal", differences: [] });
    expect(ids(e)).toEqual(["S1", "S2", "S3", "S4", "S5", "S6"]);
    expect(e.records[0].rows[0]).toMatchObject({
      setl_id: "S4",
      setl_time: "2024-03-15 10:00:00",
      facility: "H2",
      facility_name: "市医院",
      weight: 1,
      pool_paid: 1200,
      critical_paid: 600,
      numerator: 1800,
      denominator: 3000,
      source: "folder",
      partition: "settlement-1.ndjson",
      position: 4,
    });
    const row = (id: string) => e.records[0].rows.find((r: { setl_id: string }) => r.setl_id === id);
    expect(row("S2")).toMatchObject({ init_setl_id: "S1", weight: -1, is_refund: true, numerator: -500 });
    expect(row("S5")).toMatchObject({ weight: 0, is_mid_stay: true, numerator: 200, denominator: 400 });
  });

  test("the finest cells add up to the numerator and the denominator", async () => {
    const e = await json("2024Q1 reimb_rate insurance=resident care=inpatient");
    const { cells } = e.records[0];
    // January H1; February H1; March H1 (refund, mid-stay bill and its end); March H2.
    expect(cells.count).toBe(4);
    const sum = (name: string) =>
      cells.rows.reduce((total: number, row: Record<string, number>) => total + row[name]!, 0);
    expect([sum("reimbursed"), sum("fee"), sum("settlements")]).toEqual([3300, 6000, 6]);
    expect(cells.rows[0]).toMatchObject({ month: "2024-03", facility: "H2", region: "city", settlements: 1 });
  });

  test("the facility's version of the day decides its tier, and is shown with its span", async () => {
    const three = await json("2024Q1 reimb_rate insurance=resident care=inpatient tier=3");
    expect([three.numerator, three.denominator, three.figure.value]).toEqual([1800, 3000, 0.6]);
    expect(ids(three)).toEqual(["S2", "S4", "S5", "S6"]);
    expect(three.reference.facility.rows).toEqual([
      expect.objectContaining({ facility: "H1", tier: "3", valid_from: "2024-03-01", settlements: 3 }),
      expect.objectContaining({ facility: "H2", tier: "3", admdvs: "620702", settlements: 1 }),
    ]);
    const two = await json("2024Q1 fee insurance=resident care=inpatient tier=2");
    expect(ids(two)).toEqual(["S1", "S3"]);
    expect(two.reference.facility.rows).toEqual([
      expect.objectContaining({ facility: "H1", tier: "2", valid_from: null, valid_to: "2024-02-29" }),
    ]);
    expect(two.reference.care_group_rule.rows).toEqual([
      expect.objectContaining({ name: "县内", region: ["county"] }),
    ]);
  });

  test("persons: those whose weights sum to 0 are told apart", async () => {
    const e = await json("2024Q1 visits_per_person insurance=resident care=inpatient");
    expect([e.numerator, e.denominator, e.figure.value]).toEqual([3, 2, 1.5]);
    expect([e.persons.counted, e.persons.not_counted]).toEqual([2, 1]);
    expect(e.persons.rows[0]).toMatchObject({ weight: 0, settlements: 2, is_counted: false });
    expect(e.persons.rows.map((p: { weight: number }) => p.weight).sort()).toEqual([0, 1, 2]);
    expect(e.persons.rows.every((p: { person: string }) => /^[0-9a-f]{32}$/.test(p.person))).toBe(true);
  });

  test("an inbound bill stands behind figures by flow alone", async () => {
    const e = await json("2024Q1 fee insurance=resident care=inpatient flow=inbound");
    expect([e.numerator, ids(e)]).toEqual([7000, ["S9"]]);
    const all = await json("2024Q1 fee");
    expect(all.numerator).toBe(11_120);
    expect(ids(all)).not.toContain("S9");
  });

  test("a corrected bill counts once, as corrected; one that was taken back does not", async () => {
    const e = await json("2024-03 fee insurance=resident care=outpatient");
    expect(e.records[0].rows).toEqual([
      expect.objectContaining({ setl_id: "S7", numerator: 120, position: 8 }),
    ]);
    expect((await json("2024-02 fee insurance=resident")).numerator).toBe(2000);
  });

  test("a share: numerator and base", async () => {
    const e = await json("2024Q1 share_fee insurance=resident care=inpatient");
    expect([e.numerator, e.denominator, e.figure.value]).toEqual([6000, 6120, 0.980392]);
    expect(e.records.map((r: { kind: string; count: number }) => [r.kind, r.count])).toEqual([
      ["settlement", 6],
      ["base", 7],
    ]);
  });

  test("a day", async () => {
    const e = await json("2024-03-20 fee insurance=resident care=inpatient");
    expect([e.numerator, ids(e)]).toEqual([400, ["S5"]]);
  });

  test("a hospitalization rate: the enrolment rows that stand at the period's end", async () => {
    const e = await json("2024Q1 hospitalization_rate care=inpatient");
    expect([e.numerator, e.denominator, e.figure.value]).toEqual([4, 1600, 0.0025]);
    expect(
      e.records[1].rows.map((r: Record<string, unknown>) => [r.as_of, r.insurance, r.group, r.persons]),
    ).toEqual([
      ["2024-03-31", "resident", "all", 1200],
      ["2024-03-31", "employee", "active", 300],
      ["2024-03-31", "employee", "retired", 100],
    ]);
  });

  const FUND: Record<
    string,
    [numerator: number, denominator: number | null, value: number, entries: string[]]
  > = {
    income: [7000, null, 7000, ["E2", "E3"]],
    expense: [4500, null, 4500, ["E4", "E5"]],
    balance_period: [2500, null, 2500, ["E2", "E3", "E4", "E5"]],
    balance_cumulative: [12_500, null, 12_500, ["E1", "E2", "E3", "E4", "E5"]],
    beneficiaries: [60, null, 60, ["E2", "E3", "E4", "E5"]],
    budget_income: [20_000, null, 20_000, ["E6"]],
    budget_expense: [12_000, null, 12_000, ["E7"]],
    income_progress: [7000, 20_000, 0.35, ["E2", "E3", "E6"]],
    expense_progress: [4500, 12_000, 0.375, ["E4", "E5", "E7"]],
    months_payable: [12_500, 4500, 8.333333, ["E1", "E2", "E3", "E4", "E5"]],
    months_payable_net: [11_500, 4500, 7.666667, ["E1", "E2", "E3", "E4", "E5"]],
    use_progress: [4500, 7000, 0.642857, ["E2", "E3", "E4", "E5"]],
    expense_to_budget_income: [4500, 20_000, 0.225, ["E4", "E5", "E6"]],
    expense_to_available: [4500, 30_000, 0.15, ["E1", "E4", "E5", "E6"]],
  };
  test.each(Object.entries(FUND))(
    "the fund's %s and the lines behind it",
    async (name, [num, den, value, lines]) => {
      const e = await json(`2024Q1 ${name} insurance=resident fund=resident`);
      expect([e.numerator, e.denominator, e.figure.value]).toEqual([num, den, value]);
      expect(ids(e)).toEqual(lines);
    },
  );

  test("settled expense is summed from settlements, its progress over the budget's line", async () => {
    const e = await json("2024Q1 settled_progress insurance=resident fund=resident");
    expect([e.numerator, e.denominator, e.figure.value]).toEqual([2670, 12_000, 0.2225]);
    expect([ids(e), ids(e, 1)]).toEqual([["S1", "S2", "S3", "S4", "S5", "S6", "S7"], ["E7"]]);
    expect((await json("2024Q1 settled_expense fund=employee")).numerator).toBe(2800);
    expect((await json("2024Q1 settled_expense fund=critical_illness")).numerator).toBe(700);
    expect((await json("2024Q1 settled_expense")).numerator).toBe(2670 + 700 + 2800 + 500);
  });

  test("enrolment, DIP and reported facts", async () => {
    const progress = await json("2024Q1 enrolment_progress insurance=resident");
    expect([progress.numerator, progress.denominator, progress.figure.value]).toEqual([900, 1500, 0.6]);
    const deposit = await json("2024Q1 dip_deposit insurance=resident facility=H1");
    expect([deposit.numerator, deposit.records[0].count]).toEqual([105, 2]);
    const fact = await json("2024Q1 inspected");
    expect(fact.figure).toMatchObject({ value: 15, unit: "家" });
    expect(
      fact.records[0].rows.map((r: Record<string, unknown>) => [r.fact_id, r.value, r.numerator]),
    ).toEqual([
      ["F3", 15, 15],
      ["F1", 14, null],
    ]);
    expect((await json("2024Q1 inspected facility_kind=village")).numerator).toBe(7);
  });

  test("figures of every indicator, in several groupings each, are what their records give", {
    tags: "long",
    timeout: 400_000,
  }, async () => {
    const found = await disagreements(space, {
      each: 4,
      where: "period IN ('2024Q1', '2024-03', '2024YTD03')",
    });
    expect(found.differing).toEqual([]);
    expect(INDICATOR_NAMES.filter((name) => !found.indicators.has(name))).toEqual([]);
  });
});

describe("its forms", () => {
  test("text names the formula, both sides, the cells, the bills and the reference data", async () => {
    const { code, out } = await explained(
      "2024Q1 实际报销比例 insurance=居民医保 care=住院 region=市内住院",
      { format: "text" },
    );
    expect(code).toBe(0);
    for (const text of [
      "2024Q1  reimb_rate 实际报销比例  insurance=resident 居民医保 · care=inpatient 住院 · region=city 市内住院",
      "实际报销比例 = 报销金额 ÷ 医疗费总额",
      "报销金额 reimbursed 1,800.00 yuan",
      "医疗费总额 fee 3,000.00 yuan",
      "Settlements: 1",
      "H2 市医院",
      "settlement-1.ndjson:4",
      "Facility versions that applied: 1",
      "The records give the published figure exactly",
    ]) {
      expect(out.toLowerCase()).toContain(text.toLowerCase());
    }
  });

  test("a denominator that is taken per month says so", async () => {
    const { out } = await explained("2024Q1 months_payable insurance=resident fund=resident", {
      format: "text",
    });
    expect(out).toContain("期间支出 expense 4,500.00 yuan ÷ 3 months");
    expect((await json("2024Q1 months_payable insurance=resident fund=resident")).months).toBe(3);
  });

  test("a limit cuts the lists, not the sums; 0 lists none, all lists all", async () => {
    const line = "2024Q1 fee insurance=resident care=inpatient";
    const two = await json(line, { limit: "2" });
    expect([two.records[0].rows.length, two.records[0].count, two.numerator]).toEqual([2, 6, 6000]);
    expect((await json(line, { limit: "0" })).records[0].rows).toEqual([]);
    expect((await json(line, { limit: "all" })).records[0].rows.length).toBe(6);
  });

  test("csv has every settlement under one heading", async () => {
    const { out } = await explained("2024Q1 fee insurance=resident care=inpatient", { format: "csv" });
    const lines = out.trim().split("\n");
    expect(lines.length).toBe(7);
    expect(lines[0]).toMatch(/^person,setl_id,init_setl_id,setl_time,month,insurance,care,.*,numerator$/);
    expect(lines[1]).toContain("S4");
  });

  test.each([
    ["2024Q1 reimb_rate insurance=resident care=inpatient", 1, 3300, 6000],
    ["2024Q1 share_fee insurance=resident care=inpatient", 2, 6000, 6120],
    ["2024Q1 months_payable fund=resident insurance=resident", 1, 12_500, 4500],
    ["2024Q1 settled_progress fund=resident insurance=resident", 2, 2670, 12_000],
    ["2024Q1 hospitalization_rate care=inpatient", 2, 4, 1600],
    ["2024Q1 inspected facility_kind=village", 1, 7, null],
  ])(
    "--sql of %s gives the same records in a DuckDB that opens the detail file alone",
    async (line, n, num, den) => {
      const { out } = await explained(line, { sql: true });
      const statements = out
        .split(/;\n?/)
        .map((s) => s.trim())
        .filter((s) => s.replace(/^--.*$/gm, "").trim() !== "");
      expect(statements.length).toBe(n);
      const instance = await DuckDBInstance.create(`${space.data}/detail/detail.duckdb`, {
        access_mode: "READ_ONLY",
      });
      const connection = await instance.connect();
      try {
        const sums = { numerator: 0, denominator: 0 };
        for (const sql of statements) {
          for (const row of (await connection.runAndReadAll(sql)).getRowObjectsJson()) {
            for (const side of ["numerator", "denominator"] as const) sums[side] += Number(row[side] ?? 0);
          }
        }
        expect(sums).toEqual({ numerator: num, denominator: den ?? 0 });
      } finally {
        connection.closeSync();
        instance.closeSync();
      }
    },
  );

  test("the built command prints it too", () => {
    const out = execFileSync(
      process.execPath,
      [CLI, "explain", "2024Q1", "persons", "insurance=resident", "care=inpatient", "-c", space.configFile],
      { encoding: "utf8" },
    );
    said.push(out);
    expect(out).toContain("Persons: 2 counted; 1 not");
  });
});

describe("what it refuses", () => {
  const refused = async (line: string, options: Record<string, unknown> = {}) => {
    try {
      await explained(line, options);
    } catch (error) {
      const { message, exitCode } = error as { message: string; exitCode: number };
      said.push(message);
      return { message, exitCode };
    }
    throw new Error(`${line} was not refused`);
  };

  test.each([
    ["2024Q5 fee", "a quarter 2024Q1"],
    ["2031Q1 fee", "2024Q1"],
    ["2024Q1 reimb_rat", "did you mean reimb_rate"],
    ["2024Q1 fee colour=red", "care, category, region"],
    ["2024Q1 fee fund=resident", "care, category, region"],
    ["2024Q1 income care=inpatient", "district, fund, subject, person_group"],
    ["2024Q1 fee care", "name=value"],
    ["2024Q1 fee care=inpatient care=outpatient", "twice"],
    ["2024Q1 fee insurance=private", "employee, resident, maternity, all"],
    ["2024Q1 fee care=inpatient region=moon", "city, county"],
    ["2024Q1 inspected facility_kind=zoo", "facility_kind=village"],
  ])("%s: told with what there is", async (line, allowed) => {
    const { message, exitCode } = await refused(line);
    expect(message).toContain(allowed);
    expect(exitCode).toBe(line.includes("zoo") ? 1 : 2);
  });

  test("a figure that is not published: exit 1, with those near it", async () => {
    const { message, exitCode } = await refused("2024Q1 fee insurance=resident region=city");
    expect(exitCode).toBe(1);
    expect(message).toContain("fundpulse explain 2024Q1 fee insurance=resident care=inpatient region=city");
  });

  test.each([{ format: "xml" }, { limit: "many" }, { limit: "-1" }])("options %o", async (options) => {
    expect((await refused("2024Q1 fee", options)).exitCode).toBe(2);
  });
});

describe("only what is asked for is read", () => {
  const detail = (): string => join(dirname(space.configFile), "data", "detail", "detail.duckdb");
  const work = (): string[] => readdirSync(join(dirname(space.configFile), "data", "work", "detail"));

  test.each([
    "2024Q1 reimb_rate insurance=resident care=inpatient",
    "2024Q1 hospitalization_rate care=inpatient",
    "2024Q1 settled_progress fund=resident insurance=resident",
    "2024Q1 inspected facility_kind=village",
  ])("%s: the same as from the whole file, which is left alone", async (line) => {
    await explained(line, { sql: true });
    expect(existsSync(detail())).toBe(true);
    const whole = await json(line);
    rmSync(detail());
    rmSync(join(dirname(space.configFile), "data", "work", "detail"), { recursive: true });
    const excerpt = await json(line);
    expect(excerpt).toEqual(whole);
    // Neither made nor left behind.
    expect(existsSync(detail())).toBe(false);
    expect(work().filter((name) => name.startsWith("excerpt"))).toEqual([]);
  });
});

test("a published figure that its records do not give: loud, exit 3", async () => {
  const instance = await DuckDBInstance.create(space.published);
  const connection = await instance.connect();
  await connection.run(
    "UPDATE store.fact SET fee = fee + 1 WHERE period = '2024Q1' AND \"grouping\" = 'care'",
  );
  connection.closeSync();
  instance.closeSync();
  const { code, out, err } = await explained("2024Q1 reimb_rate insurance=resident care=inpatient", {
    format: "text",
  });
  expect(code).toBe(3);
  expect(err).toContain("IS NOT WHAT ITS RECORDS GIVE");
  expect(out).toContain("fee: the records give 6000.00 yuan, published is 6000.01");
});

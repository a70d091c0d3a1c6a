import { describe, expect, test } from "vitest";
import { monthText, parsePeriod } from "../../../aggregations/calendar.js";
import { affectedPeriods, readableKey } from "../../../aggregations/closing/affected-periods.js";
import { figuresOf, watchedMonths, withReported } from "../../../aggregations/closing/frozen.js";
import { normaliseRecord, type SmallStream } from "../../../aggregations/streams/record.js";
import type { Figure } from "../../../schemas/figure.js";
import { INDICATORS } from "../../../schemas/indicators.js";

const figure = (period: string, indicator: string, value: string | null, fund = "resident"): Figure => ({
  ...{ period, insurance: "resident", grouping: "fund", dimensions: { fund }, other: null },
  ...{ indicator, unit: "yuan", value, previous: null },
});

describe("given figures beside what was reported", () => {
  const frozen = new Map([
    [
      "2024-03",
      [
        figure("2024-03", "income", "10"),
        figure("2024-03", "months_payable", "1.5", "aid"),
      ] as readonly Figure[],
    ],
  ]);

  test("nothing is said of periods that are not closed", () => {
    const open = figure("2024-04", "income", "7");
    expect(withReported([open], new Map())).toEqual([open]);
    expect(withReported([open], frozen).find((f) => f.period === "2024-04")).toEqual(open);
  });

  test("a figure that is gone stands without a value, one that adds up with 0", () => {
    expect(withReported([], frozen).map((f) => [f.indicator, f.value, f.reported])).toEqual([
      ["income", "0", "10"],
      ["months_payable", null, "1.5"],
    ]);
  });

  test("a figure that has come was reported as 0 where it adds up, else not at all", () => {
    const come = [figure("2024-03", "expense", "5"), figure("2024-03", "use_progress", "0.5")];
    const said = withReported(come, frozen).slice(0, 2);
    expect(said.map((f) => [f.indicator, f.value, f.reported])).toEqual([
      ["expense", "5", "0"],
      ["use_progress", "0.5", null],
    ]);
  });
});

test("watched are the months since January that a period's progress counts", () => {
  const watched = (id: string): string[] => watchedMonths(parsePeriod(id)!).map(monthText);
  expect(watched("2024-03")).toEqual(["2024-01", "2024-02", "2024-03"]);
  expect(watched("2024Q1")).toEqual(watched("2024YTD03"));
  expect(watched("2024")).toHaveLength(12);
});

test("figures are counted where they stand", () => {
  const everywhere = INDICATORS.filter((i) => i.presence === "always").length;
  const group = (grouping: string, dimensions: Record<string, string>) => ({
    insurance: "all",
    grouping,
    dimensions,
  });
  const persons = INDICATORS.filter((i) => i.presence === "persons").length;
  const care = INDICATORS.filter((i) => i.presence === "care").length;
  const inpatient = INDICATORS.filter((i) => i.presence === "inpatient").length;
  expect(figuresOf([group("total", {})], [])).toBe(everywhere);
  expect(figuresOf([group("total", {})], ["total"])).toBe(everywhere + persons);
  expect(figuresOf([group("care", { care: "inpatient" })], [])).toBe(everywhere + care + inpatient);
});

describe("which figures a record can touch", () => {
  const affected = (stream: SmallStream, record: Record<string, unknown>) => {
    const { from, to, insurance, indicator } = affectedPeriods(
      stream,
      normaliseRecord(stream, record as never),
    )!;
    return [from, to, insurance, indicator];
  };
  const day = 19_792; // 2024-03-10
  const entry = { entry_id: "E", fund: "resident", admdvs: "620725", subject: "benefit", amount: 1 };

  test("an expense, from its day to the end of its year", () => {
    expect(affected("fund-entry", { ...entry, kind: "expense", book_date: day })).toEqual([
      "2024-03-10",
      "2024-12-31",
      "resident",
      null,
    ]);
  });

  test("a plan, its whole year; a balance of the last of December, the next", () => {
    expect(affected("fund-entry", { ...entry, kind: "budget_income", book_date: day }).slice(0, 2)).toEqual([
      "2024-01-01",
      "2024-12-31",
    ]);
    const opening = { ...entry, kind: "opening_balance", book_date: day - 70 };
    expect(affected("fund-entry", opening).slice(0, 2)).toEqual(["2024-01-01", "2024-12-31"]);
  });

  test("a reported fact, its own period and indicator", () => {
    const fact = {
      fact_id: "F",
      indicator: "aid_persons",
      period: "2024Q1",
      admdvs: "620725",
      value: "1",
      unit: "person",
    };
    expect(affected("reported-fact", fact)).toEqual(["2024-01-01", "2024-03-31", "all", "aid_persons"]);
  });

  test("a facility, none of its own", () => {
    expect(affectedPeriods("facility", { fixmedins_code: "H1" })).toBeNull();
  });

  test("keys are written as people read them", () => {
    const record = normaliseRecord("enrolment", {
      ...{ as_of: day, admdvs: "620725", insurance: "resident", persons: 1 },
    });
    expect(readableKey("enrolment", record)).toBe("2024-03-10|620725|resident|all|all");
  });
});

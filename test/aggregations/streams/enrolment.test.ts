import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { enrolmentFigures } from "../../../aggregations/streams/enrolment.js";
import { day, enrolment, find, value, WINDOW } from "./support.js";

const COUNTY = { admdvs: "620725", level: "county" } as const;
const CITY = { admdvs: "620700", level: "city" } as const;

describe("figure of a period", () => {
  const figures = enrolmentFigures(
    [
      enrolment({ as_of: day("2023-12-31"), persons: 150 }),
      enrolment({ as_of: day("2024-01-31"), persons: 200 }),
      enrolment({ as_of: day("2024-05-15"), persons: 210 }),
    ],
    COUNTY,
    WINDOW,
  );

  it("is the latest as_of up to the period's end", () => {
    expect(value(figures, "2024-01", "enrolled resident")).toBe("200");
    expect(value(figures, "2024-04", "enrolled resident")).toBe("200");
    expect(value(figures, "2024Q1", "enrolled resident")).toBe("200");
    expect(value(figures, "2024-05", "enrolled resident")).toBe("210");
    expect(value(figures, "2024H1", "enrolled resident")).toBe("210");
    expect(value(figures, "2024YTD04", "enrolled resident")).toBe("200");
  });

  it("never reaches over the turn of the year", () => {
    const late = enrolmentFigures([enrolment({ as_of: day("2023-12-31"), persons: 150 })], COUNTY, WINDOW);
    expect(value(late, "2023", "enrolled resident")).toBe("150");
    expect(find(late, "2024-01", "enrolled resident")).toBeUndefined();
  });

  it("ends with the period that holds the last day", () => {
    const periods = new Set(figures.map((f) => f.period));
    expect(periods).toContain("2024-06");
    expect(periods).toContain("2024YTD06");
    expect(periods).toContain("2024H1");
    expect(periods).toContain("2024");
    expect(periods).not.toContain("2024-07");
    expect(periods).not.toContain("2024YTD07");
    expect(periods).not.toContain("2024H2");
  });

  it("stands beside last year's, which is missing rather than 0 where nothing was reported", () => {
    // 2024: 210, 2023: 150; (210 − 150) / 150 = 0.4
    expect(find(figures, "2024", "enrolled resident")).toMatchObject({
      unit: "person",
      grouping: "total",
      value: "210",
      previous: "150",
      change_pct: "0.400000",
    });
    expect(find(figures, "2024H1", "enrolled resident")).toMatchObject({ previous: null, change_pct: null });
  });
});

describe("the whole", () => {
  const total = (
    records: Parameters<typeof enrolment>[0][],
    jurisdiction: typeof COUNTY | typeof CITY = CITY,
  ) => value(enrolmentFigures(records.map(enrolment), jurisdiction, WINDOW), "2024H1", "enrolled resident");

  it("is the own division's row of all before any sum", () => {
    expect(
      total([
        { admdvs: "620700", persons: 100 },
        { admdvs: "620725", persons: 7 },
      ]),
    ).toBe("100");
  });

  it("is the sum of the divisions where the own row is missing", () => {
    // 620725: 7; 620722: 3 active + 4 retired = 7; together 14, before the own 5 + 6
    expect(
      total([
        { admdvs: "620725", persons: 7 },
        { admdvs: "620722", group: "active", persons: 3 },
        { admdvs: "620722", group: "retired", persons: 4 },
        { admdvs: "620700", group: "active", persons: 5 },
        { admdvs: "620700", group: "retired", persons: 6 },
      ]),
    ).toBe("14");
  });

  it("is active + retired, else the three employer kinds, else the other groups", () => {
    const own = (group: string, persons: number) => ({ admdvs: "620700", group, persons });
    const employers = [own("government", 10), own("institution", 20), own("enterprise", 30)];
    const others = [own("student", 1), own("flexible", 2)];
    expect(total([own("active", 40), own("retired", 5), ...employers, ...others])).toBe("45");
    expect(total([own("active", 40), ...employers, ...others])).toBe("60");
    expect(total([...employers.slice(0, 2), ...others])).toBe("30");
    expect(total(others)).toBe("3");
  });

  it("is not made of active people alone", () => {
    expect(total([{ admdvs: "620700", group: "active", persons: 40 }])).toBeUndefined();
  });

  it("is female + male, in a group and of everyone", () => {
    const sexes = (group: string | null) => [
      { admdvs: "620725", group, sex: "female", persons: 4 },
      { admdvs: "620725", group, sex: "male", persons: 5 },
    ];
    expect(total(sexes(null), COUNTY)).toBe("9");
    expect(total([...sexes("active"), { admdvs: "620725", group: "retired", persons: 1 }], COUNTY)).toBe(
      "10",
    );
    expect(total([{ admdvs: "620725", sex: "female", persons: 4 }], COUNTY)).toBeUndefined();
  });
});

describe("groupings", () => {
  const figures = enrolmentFigures(
    [
      enrolment({ admdvs: "620700", persons: 100, insurance: "employee" }),
      enrolment({ admdvs: "620700", persons: 900, insurance: "resident" }),
      enrolment({ admdvs: "620700", persons: 100, insurance: "maternity" }),
      enrolment({ admdvs: "620725", group: "active", persons: 30, insurance: "employee" }),
      enrolment({ admdvs: "620725", group: "retired", persons: 10, insurance: "employee" }),
      enrolment({ admdvs: "620722", group: "active", sex: "female", persons: 8, insurance: "employee" }),
      enrolment({ admdvs: "620722", group: "active", sex: "male", persons: 7, insurance: "employee" }),
      enrolment({ admdvs: "620725", persons: 300, insurance: "resident" }),
    ],
    CITY,
    WINDOW,
  );
  const on = (what: string) => value(figures, "2024H1", what);

  it("all insurance is employee + resident and never maternity", () => {
    expect(on("enrolled all")).toBe("1000");
    expect(on("enrolled maternity")).toBe("100");
    expect(on("enrolled all district=620725")).toBe("340"); // 30 + 10 + 300
  });

  it("all insurance is unknown where one of those that are reported is: a part would pass for the whole", () => {
    const rows = [
      enrolment({ admdvs: "620700", persons: 900, insurance: "resident", as_of: day("2024-01-01") }),
      enrolment({ admdvs: "620725", persons: 300, insurance: "resident", as_of: day("2024-01-01") }),
    ];
    const late = enrolment({
      admdvs: "620700",
      group: "active",
      persons: 100,
      insurance: "employee",
      as_of: day("2024-03-31"),
    });
    const retired = { ...late, group: "retired", persons: 20 };
    const both = enrolmentFigures([...rows, late, retired], CITY, WINDOW);
    expect(value(both, "2024-02", "enrolled resident")).toBe("900");
    expect(find(both, "2024-02", "enrolled all")).toBeUndefined();
    expect(value(both, "2024-03", "enrolled all")).toBe("1020");
    // Employees of the district are not told apart; a group is one insurance's.
    expect(find(both, "2024-03", "enrolled all district=620725")).toBeUndefined();
    expect(value(both, "2024-03", "enrolled all person_group=active")).toBe("100");
    // Where residents alone are ever reported they are all that there are.
    const alone = enrolmentFigures(rows, CITY, WINDOW);
    expect(value(alone, "2024-02", "enrolled all")).toBe("900");
    expect(value(alone, "2024-02", "enrolled all district=620725")).toBe("300");
  });

  it("a district is its own whole; the city's own division is none", () => {
    expect(on("enrolled employee district=620725")).toBe("40");
    expect(on("enrolled employee district=620722")).toBeUndefined(); // no retired row
    expect(on("enrolled employee district=620700")).toBeUndefined();
  });

  it("groups and sexes add up over the divisions", () => {
    expect(on("enrolled employee person_group=active")).toBe("45"); // 30 + (8 + 7)
    expect(on("enrolled employee person_group=active sex=female")).toBe("8");
    expect(on("enrolled employee district=620722 person_group=active")).toBe("15");
    expect(new Set(figures.map((f) => f.grouping))).toEqual(
      new Set(["total", "district", "person_group", "person_group+sex", "district+person_group"]),
    );
  });

  it("rows of group or sex all appear in no finer grouping", () => {
    expect(figures.some((f) => Object.values(f.dimensions).includes("all"))).toBe(false);
  });

  it("a county's own division is its district", () => {
    const county = enrolmentFigures([enrolment({ persons: 5 })], COUNTY, WINDOW);
    expect(value(county, "2024H1", "enrolled resident district=620725")).toBe("5");
  });
});

describe("paid people", () => {
  it("over target is the progress, rounded half up to six places", () => {
    // 95,237 / 100,000 = 0.95237; 2 / 3 = 0.6666666… → 0.666667
    const figures = enrolmentFigures(
      [
        enrolment({ persons: 99_000, paid_persons: 95_237, target_persons: 100_000 }),
        enrolment({ insurance: "employee", persons: 3, paid_persons: 2, target_persons: 3 }),
      ],
      COUNTY,
      WINDOW,
    );
    expect(value(figures, "2024H1", "enrolled_paid resident")).toBe("95237");
    expect(value(figures, "2024H1", "enrolment_progress resident")).toBe("0.952370");
    expect(value(figures, "2024H1", "enrolment_progress employee")).toBe("0.666667");
    expect(value(figures, "2024H1", "enrolment_progress all")).toBe("0.952361"); // 95,239 / 100,003
  });

  it("of a sum are unknown where one part does not say them", () => {
    const figures = enrolmentFigures(
      [
        enrolment({ admdvs: "620725", persons: 10, paid_persons: 9 }),
        enrolment({ admdvs: "620722", persons: 10 }),
      ],
      CITY,
      WINDOW,
    );
    expect(value(figures, "2024H1", "enrolled resident")).toBe("20");
    expect(find(figures, "2024H1", "enrolled_paid resident")).toBeUndefined();
  });
});

it("figures do not depend on the order of the records", () => {
  const row = fc.record({
    as_of: fc.constantFrom("2023-02-28", "2023-12-31", "2024-01-31", "2024-05-31").map(day),
    admdvs: fc.constantFrom("620700", "620725", "620722"),
    insurance: fc.constantFrom("employee", "resident", "maternity"),
    group: fc.constantFrom(null, "active", "retired", "enterprise", "student"),
    sex: fc.constantFrom(null, "female", "male"),
    persons: fc.nat(1000),
    paid_persons: fc.option(fc.nat(1000)),
    target_persons: fc.option(fc.nat(1000)),
  });
  const key = (r: object) => JSON.stringify({ ...r, persons: 0, paid_persons: 0, target_persons: 0 });
  const current = fc.uniqueArray(row, { maxLength: 25, selector: key });
  fc.assert(
    fc.property(current, (rows) => {
      const records = rows.map(enrolment);
      const figures = enrolmentFigures(records, CITY, WINDOW);
      const reversed = enrolmentFigures([...records].reverse(), CITY, WINDOW);
      expect(JSON.stringify(reversed)).toBe(JSON.stringify(figures));
      const keys = figures.map((f) => JSON.stringify([f.period, f.insurance, f.indicator, f.dimensions]));
      expect(new Set(keys).size).toBe(keys.length);
    }),
    { numRuns: 30 },
  );
});

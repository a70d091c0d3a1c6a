import { describe, expect, it } from "vitest";
import { normaliseRecord, type SmallStream } from "../../../aggregations/streams/record.js";
import { validateRecord } from "../../../aggregations/streams/validate.js";
import { INSURANCES } from "../../../schemas/dimensions.js";
import type { StreamRecord } from "../../../schemas/input/settlement.js";
import { STREAMS } from "../../../schemas/input/streams.js";
import { at, day, dipResult, enrolment, facility, fact, fundEntry } from "./support.js";

const now = at("2024-07-10T00:00:00Z");
const make = { "fund-entry": fundEntry, enrolment, "dip-result": dipResult, facility, "reported-fact": fact };
const validate = (stream: SmallStream, fields: StreamRecord) =>
  validateRecord(stream, normaliseRecord(stream, make[stream](fields)), { now, insurances: INSURANCES });

const GOOD: [SmallStream, StreamRecord][] = [
  ["fund-entry", {}],
  ["fund-entry", { fund: "a_new_fund", subject: "a_new_subject", group: "a_new_group", insurance: "all" }],
  ["fund-entry", { amount: -500, beneficiaries: -2 }],
  ["fund-entry", { kind: "opening_balance", amount: -1 }],
  ["enrolment", { persons: 0, sex: "female", group: "flexible" }],
  ["dip-result", { deposit_rate: "0", insurance: "all" }],
  ["dip-result", { deposit_rate: "1.000000", dip_amount: -1 }],
  ["facility", { hosp_lv: "11", tier: "0", ownership: "private", kind: "anything" }],
  ["facility", { valid_from: 10, valid_to: 10 }],
  ["reported-fact", { period: "2024YTD05", value: "-12.5", dimensions: { insurance: "employee", x: "y" } }],
  ["reported-fact", { period: "2024-02-29" }],
  ["reported-fact", { updt_time: now + 86_400_000 }],
];

const BAD: [SmallStream, StreamRecord, string][] = [
  ["fund-entry", { kind: "budget" }, "kind"],
  ["fund-entry", { fund: "employee" }, "fund"],
  ["fund-entry", { insurance: "310" }, "insurance"],
  ["fund-entry", { admdvs: "62072" }, "admdvs"],
  ["fund-entry", { beneficiaries: -1 }, "beneficiaries"],
  ["fund-entry", { book_date: day("2024-03-31") * 1000 }, "book_date"],
  ["enrolment", { insurance: "all" }, "insurance"],
  ["enrolment", { sex: "1" }, "sex"],
  ["enrolment", { persons: -1 }, "persons"],
  ["enrolment", { paid_persons: -1 }, "paid_persons"],
  ["enrolment", { target_persons: -1 }, "target_persons"],
  ["enrolment", { admdvs: "６２０７２５" }, "admdvs"],
  ["dip-result", { insurance: "x" }, "insurance"],
  ["dip-result", { settled_month: "2024-13" }, "settled_month"],
  ["dip-result", { settled_month: "2024-3" }, "settled_month"],
  ["dip-result", { cases: -1 }, "cases"],
  ["dip-result", { deposit_rate: "1.01" }, "deposit_rate"],
  ["dip-result", { deposit_rate: "-0.01" }, "deposit_rate"],
  ["dip-result", { deposit_rate: "0.0000001" }, "deposit_rate"],
  ["dip-result", { deposit_rate: "5%" }, "deposit_rate"],
  ["facility", { hosp_lv: "12" }, "hosp_lv"],
  ["facility", { tier: "4" }, "tier"],
  ["facility", { ownership: "state" }, "ownership"],
  ["facility", { valid_from: 11, valid_to: 10 }, "valid_to"],
  ["reported-fact", { period: "2024H3" }, "period"],
  ["reported-fact", { period: "2023-02-29" }, "period"],
  ["reported-fact", { period: "0050-03" }, "period"],
  ["reported-fact", { period: "9999" }, "period"],
  ["reported-fact", { dimensions: { insurance: "pension" } }, "dimensions.insurance"],
  ["reported-fact", { value: "NaN" }, "value"],
  ["reported-fact", { value: "1e18" }, "value"],
];

describe("validation", () => {
  it.each(GOOD)("%s %j is taken", (stream, fields) => {
    expect(validate(stream, fields)).toBeNull();
  });

  it.each(BAD)("%s %j is bad_value of the field", (stream, fields, field) => {
    const rejection = validate(stream, fields);
    expect(rejection?.reason).toBe("bad_value");
    expect(rejection?.detail.startsWith(`${field}:`)).toBe(true);
  });

  it("a version from later than tomorrow is future_time", () => {
    for (const stream of Object.keys(make) as SmallStream[]) {
      expect(validate(stream, { updt_time: now + 86_400_001 })?.reason).toBe("future_time");
    }
  });

  it("an empty or missing required field is missing_field", () => {
    for (const stream of Object.keys(make) as SmallStream[]) {
      for (const { name } of STREAMS[stream].fields.filter((f) => f.required)) {
        expect(validate(stream, { [name]: "" })).toEqual({
          reason: "missing_field",
          detail: `${name}: required`,
        });
      }
    }
  });

  it("never throws, whatever a field holds", () => {
    const odd = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      "",
      "x".repeat(10_000),
      {},
      null,
      -1,
      "1e999",
      "1e-999",
    ];
    for (const stream of Object.keys(make) as SmallStream[]) {
      for (const { name } of STREAMS[stream].fields) {
        for (const value of odd) expect(() => validate(stream, { [name]: value as never })).not.toThrow();
      }
    }
  });
});

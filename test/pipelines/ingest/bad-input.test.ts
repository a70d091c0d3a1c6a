import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MemoryPublisher } from "../../support/memory-publisher.js";
import { Workspace } from "../../support/workspace.js";

const NOW = Date.parse("2024-07-01T12:00:00+08:00");
const UPDATED = "2024-06-30 12:00:00";

type Fields = Readonly<Record<string, unknown>>;
/** A good record of each stream beside the settlements; `n` makes it another one. */
const GOOD: Readonly<Record<string, (n: number) => Fields>> = {
  "fund-entry": (n) => ({
    ...{ entry_id: `E${n}`, fund: "resident", admdvs: "620725", kind: "income", subject: "levy" },
    ...{ amount: "100.00", book_date: "2024-03-31", updt_time: UPDATED },
  }),
  enrolment: (n) => ({
    ...{ as_of: "2024-03-31", admdvs: "620725", insurance: "resident", group: `g${n}`, persons: 10 },
    updt_time: UPDATED,
  }),
  "dip-result": (n) => ({
    ...{
      result_id: `D${n}`,
      fixmedins_code: "H1",
      insurance: "resident",
      settled_month: "2024-03",
      cases: 3,
    },
    ...{ fee_for_service_amount: "10.00", dip_amount: "9.00", updt_time: UPDATED },
  }),
  facility: (n) => ({ fixmedins_code: `H${n}`, admdvs: "620725", hosp_lv: "05", updt_time: UPDATED }),
  "reported-fact": (n) => ({
    ...{ fact_id: `F${n}`, indicator: "inspections", period: "2024-03", admdvs: "620725" },
    ...{ value: "3", unit: "time", updt_time: UPDATED },
  }),
};

/** Fields that make a good record bad, or the very bytes; reason, and the field that its detail names. */
type Bad = readonly [string, Fields | string | Buffer, string, string?];
const EVERY: readonly Bad[] = [
  ["no JSON", "hello", "undecodable"],
  ["cut off", '{"updt_time":"2024-06-30 12:00', "undecodable"],
  ["bytes that are no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), "undecodable"],
  ["Avro of a schema nobody knows", Buffer.from("c301deadbeefdeadbeef00", "hex"), "unknown_schema"],
  ["a time that is none", { updt_time: "yesterday" }, "bad_value", "updt_time"],
  ["updated the day after tomorrow", { updt_time: "2024-07-03 12:00:01" }, "future_time", "updt_time"],
];

const BAD: Readonly<Record<string, readonly Bad[]>> = {
  "fund-entry": [
    ["no id", { entry_id: "" }, "missing_field", "entry_id"],
    ["no amount", { amount: undefined }, "missing_field", "amount"],
    ["no day", { book_date: "" }, "missing_field", "book_date"],
    ["no fund", { fund: undefined }, "missing_field", "fund"],
    ["a kind of nobody", { kind: "budget" }, "bad_value", "kind"],
    ["pool and accounts in one", { fund: "employee" }, "bad_value", "fund"],
    ["a code for an insurance", { insurance: "310" }, "bad_value", "insurance"],
    ["five digits", { admdvs: "62072" }, "bad_value", "admdvs"],
    ["three decimals", { amount: "1.005" }, "bad_value", "amount"],
    ["an amount in words", { amount: "一百" }, "bad_value", "amount"],
    ["31 February", { book_date: "2024-02-31" }, "bad_value", "book_date"],
    ["people below none", { beneficiaries: -1 }, "bad_value", "beneficiaries"],
    ["half a person", { beneficiaries: 1.5 }, "bad_value", "beneficiaries"],
  ],
  enrolment: [
    ["no day", { as_of: undefined }, "missing_field", "as_of"],
    ["nobody counted", { persons: "" }, "missing_field", "persons"],
    ["all insurances", { insurance: "all" }, "bad_value", "insurance"],
    ["a sex in code", { sex: "1" }, "bad_value", "sex"],
    ["people below none", { persons: -1 }, "bad_value", "persons"],
    ["payers below none", { paid_persons: -1 }, "bad_value", "paid_persons"],
    ["a target below none", { target_persons: -1 }, "bad_value", "target_persons"],
    ["words for digits", { admdvs: "六二〇七二五" }, "bad_value", "admdvs"],
    ["more than can be counted", { persons: 1e20 }, "bad_value", "persons"],
  ],
  "dip-result": [
    ["no month", { settled_month: undefined }, "missing_field", "settled_month"],
    ["no cases", { cases: undefined }, "missing_field", "cases"],
    ["an insurance of nobody", { insurance: "x" }, "bad_value", "insurance"],
    ["month 13", { settled_month: "2024-13" }, "bad_value", "settled_month"],
    ["a month of one digit", { settled_month: "2024-3" }, "bad_value", "settled_month"],
    ["cases below none", { cases: -1 }, "bad_value", "cases"],
    ["a deposit beyond the whole", { deposit_rate: "1.01" }, "bad_value", "deposit_rate"],
    ["a deposit in per cent", { deposit_rate: "5%" }, "bad_value", "deposit_rate"],
    ["a tenth of a fen", { dip_amount: "9.001" }, "bad_value", "dip_amount"],
  ],
  facility: [
    ["no code", { fixmedins_code: "" }, "missing_field", "fixmedins_code"],
    ["no division", { admdvs: undefined }, "missing_field", "admdvs"],
    ["a level of nobody", { hosp_lv: "12" }, "bad_value", "hosp_lv"],
    ["a tier of nobody", { tier: "4" }, "bad_value", "tier"],
    ["an owner of nobody", { ownership: "state" }, "bad_value", "ownership"],
    [
      "an end before the beginning",
      { valid_from: "2024-02-02", valid_to: "2024-02-01" },
      "bad_value",
      "valid_to",
    ],
    ["a day that is none", { valid_from: "2023-02-29" }, "bad_value", "valid_from"],
  ],
  "reported-fact": [
    ["no indicator", { indicator: "" }, "missing_field", "indicator"],
    ["a figure that is computed", { indicator: "enrolled" }, "bad_value", "indicator"],
    ["no value", { value: undefined }, "missing_field", "value"],
    ["no unit", { unit: undefined }, "missing_field", "unit"],
    ["a third half", { period: "2024H3" }, "bad_value", "period"],
    ["29 February of no leap year", { period: "2023-02-29" }, "bad_value", "period"],
    ["no number", { value: "NaN" }, "bad_value", "value"],
    ["beyond all numbers", { value: "1e18" }, "bad_value", "value"],
    ["an insurance of nobody", { dimensions: { insurance: "pension" } }, "bad_value", "dimensions"],
    ["dimensions that are a list", { dimensions: ["insurance"] }, "bad_value", "dimensions"],
  ],
};

let w: Workspace;
beforeEach(() => {
  w = new Workspace({ groupings: ["total"] });
});
afterEach(() => w.remove());

const drained = (
  stream: string,
  records: readonly (object | string | Buffer)[],
): Promise<MemoryPublisher> => {
  w.put(`${stream}-1.ndjson`, records);
  return w.drainToMemory(() => NOW);
};

describe.each(Object.keys(BAD))("%s", (stream) => {
  const good = GOOD[stream]!;
  const cases = [...EVERY, ...BAD[stream]!];

  test("every bad record waits with its reason, and those beside it are counted", async () => {
    const lines = cases.flatMap(([, given], i) => {
      const bytes =
        typeof given === "string" || Buffer.isBuffer(given) ? given : { ...good(1_000 + i), ...given };
      return [bytes, good(i)];
    });
    const told = await drained(stream, lines);
    const found = told.last!.quarantine!.filter((q) => q.status === "waiting");
    const byPosition = new Map(found.map((q) => [Number(q.position), q]));
    const said = cases.map(([name], i) => {
      const q = byPosition.get(i * 2);
      return [name, q?.stream, q?.reason];
    });
    expect(said).toEqual(cases.map(([name, , reason]) => [name, stream, reason]));
    for (const [i, [name, , , field]] of cases.entries()) {
      const detail = byPosition.get(i * 2)!.detail;
      if (field !== undefined) expect([name, detail.startsWith(field)], detail).toEqual([name, true]);
    }
    const [{ received, applied, duplicate, held, quarantined }] = told.last!.balance!;
    expect({ received, applied, duplicate, held, quarantined }).toEqual({
      ...{
        received: 2 * cases.length,
        applied: cases.length,
        duplicate: 0,
        held: 0,
        quarantined: cases.length,
      },
    });
  });

  test("of two versions of one time one stands, the other waits; a later one corrects, the same again is a duplicate", async () => {
    const other: Fields = {
      "fund-entry": { amount: "101.00" },
      enrolment: { persons: 11 },
      "dip-result": { cases: 4 },
      facility: { hosp_lv: "02" },
      "reported-fact": { value: "4" },
    }[stream]!;
    const later = { ...good(1), ...other, updt_time: "2024-06-30 13:00:00" };
    const told = await drained(stream, [good(0), { ...good(0), ...other }, good(1), later, good(1), later]);
    const waits = told.last!.quarantine!.filter((q) => q.status === "waiting");
    expect(waits.map((q) => q.reason)).toEqual(["conflicting_version"]);
    const [{ received, applied, duplicate, quarantined }] = told.last!.balance!;
    expect([received, applied, duplicate, quarantined]).toEqual([6, 3, 2, 1]);
  });
});

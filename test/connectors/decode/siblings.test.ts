import { describe, expect, it } from "vitest";
import { type Decoded, decodeAll } from "../../support/decoding.js";

/** What other systems' users reported as read wrong: each is read as it was meant, or refused with a word. */
const ROW = {
  setl_id: "S1",
  mdtrt_id: "M1",
  setl_time: "2024-02-29 23:30:00",
  updt_time: "2024-03-01 00:30:00",
  psn_no: "P1",
  insutype: "390",
  insu_admdvs: "620725",
  fixmedins_code: "H1",
  med_type: "11",
  medfee_sumamt: "100.10",
  fund_pay_sumamt: "60.00",
};
const SETTLED = Date.UTC(2024, 1, 29, 15, 30);
const WALL = Date.UTC(2024, 1, 29, 23, 30);

const all = (value: unknown): Decoded[] =>
  decodeAll("settlement", { kind: "values", values: [Buffer.from(JSON.stringify(value))] });
const one = (value: unknown): Decoded => {
  const found = all(value);
  expect(found).toHaveLength(1);
  return found[0]!;
};
const created = (row: object) => ({ before: null, after: row, op: "c", ts_ms: 1 });

describe("Debezium in JSON without its schema: numbers are wall clocks written as if UTC", () => {
  // The numbers of micro- and nanoseconds are written out: JavaScript's would lose digits.
  const raw = (text: string): Decoded =>
    decodeAll("settlement", { kind: "values", values: [Buffer.from(text)] })[0]!;
  it.each([
    ["milliseconds", `${WALL}`],
    ["microseconds", `${WALL}000`],
    ["nanoseconds", `${WALL}000000`],
  ])("in %s", (_unit, digits) => {
    const row = JSON.stringify({ ...ROW, setl_time: 0 }).replace('"setl_time":0', `"setl_time":${digits}`);
    expect(raw(`{"before":null,"after":${row},"op":"c"}`).record).toMatchObject({ setl_time: SETTLED });
    expect(raw(row.replace("{", '{"__deleted":"false",')).record).toMatchObject({ setl_time: SETTLED });
  });

  it("dates in days, or as the midnight of a DATETIME", () => {
    const dates = { begndate: 19_782, enddate: Date.UTC(2024, 1, 29) };
    expect(one(created({ ...ROW, ...dates })).record).toMatchObject({ begndate: 19_782, enddate: 19_782 });
  });

  it("what is no such number is refused", () => {
    expect(one(created({ ...ROW, setl_time: 1_709_220_600 })).rejection).toMatch(/^bad_value: setl_time/);
  });
});

it("seconds, and dates written in digits, are no milliseconds", () => {
  for (const time of [1_709_220_600, 20_240_229, 202_402_292_330]) {
    const { rejection, record } = one({ ...ROW, updt_time: time });
    expect(rejection ?? record?.updt_time).toMatch(/^bad_value: updt_time/);
  }
  expect(one({ ...ROW, setl_time: SETTLED }).record).toMatchObject({ setl_time: SETTLED });
});

it("MySQL's zero dates are absent", () => {
  const zero = { begndate: "0000-00-00", enddate: "0000-00-00 00:00:00" };
  expect(one({ ...ROW, ...zero }).record).toMatchObject({ begndate: null, enddate: null });
  expect(one({ ...ROW, setl_time: "0000-00-00 00:00:00" }).rejection).toBe(
    "missing_field: setl_time is missing",
  );
});

it("columns in capitals are ours; where both stand, ours counts", () => {
  const capitals = Object.fromEntries(
    Object.entries(ROW).map(([name, value]) => [name.toUpperCase(), value]),
  );
  expect(one(capitals).record).toMatchObject({ setl_id: "S1", medfee_sumamt: 10_010 });
  expect(one(created({ ...capitals, INSCP_AMT: "9.00" })).record).toMatchObject({ inscp_scp_amt: 900 });
  expect(one({ ...ROW, MEDFEE_SUMAMT: "1.00" }).record).toMatchObject({ medfee_sumamt: 10_010 });
});

describe("an event is not passed over because nobody knows it", () => {
  it("a CloudEvent carries what is in its data", () => {
    const event = {
      specversion: "1.0",
      type: "io.debezium.connector.mysql.DataChangeEvent",
      source: "/x",
      id: "1",
    };
    expect(one({ ...event, data: { payload: created(ROW) } }).record).toMatchObject({ setl_id: "S1" });
    expect(one({ ...event, data: created(ROW) }).record).toMatchObject({ setl_id: "S1" });
    expect(one({ ...event, data: { any: "thing" } }).rejection).toMatch(/^undecodable: the type/);
  });

  it.each(["MERGE", "upsert", "row"])("the type %s", (type) => {
    expect(one({ type, database: "x", data: [ROW] }).rejection).toMatch(/^undecodable: the type/);
  });

  it("an insert without data", () => {
    expect(one({ type: "insert", database: "x", data: null }).rejection).toMatch(/^undecodable: .*no data/);
    expect(one({ type: "INSERT", database: "x", isDdl: false }).rejection).toMatch(/^undecodable: .*no data/);
  });

  it.each(["QUERY", "CINDEX", "TIDB_WATERMARK", "bootstrap-complete", "table-alter"])("but %s is", (type) => {
    expect(one({ type, database: "x", isDdl: false, data: null }).rejection).toBe(
      "undecodable: nothing to count",
    );
  });
});

it("a text where base64 is meant is no amount", () => {
  const field = { field: "medfee_sumamt", type: "bytes", name: "org.apache.kafka.connect.data.Decimal" };
  const schema = { type: "struct", fields: [{ ...field, parameters: { scale: "2" } }] };
  expect(one({ schema, payload: { ...ROW, medfee_sumamt: "JxI=" } }).record).toMatchObject({
    medfee_sumamt: 10_002,
  });
  expect(one({ schema, payload: { ...ROW, medfee_sumamt: "100.10" } }).rejection).toMatch(/^bad_value/);
});

it("an array in a line says how to write it", () => {
  expect(all([ROW])[0]!.rejection).toMatch(/^undecodable: a JSON array.*one object/);
});

describe("a long number that a spreadsheet wrote back is no id and no code: many would be one bill", () => {
  it.each(["setl_id", "init_setl_id", "mdtrt_id", "psn_no", "fixmedins_code", "dise_no"])(
    "in %s",
    (field) => {
      for (const text of ["6.20725E+17", "6.2e+11", " 6E+17 ", "６.20725E+17"]) {
        const { rejection } = one({ ...ROW, [field]: text });
        expect(rejection, text).toMatch(
          new RegExp(`^bad_value: ${field}: .*(scientific notation|at most 20 letters)`),
        );
      }
    },
  );

  it("nor as a number of JSON", () => {
    const raw = (digits: string): Decoded =>
      decodeAll("settlement", {
        kind: "values",
        values: [Buffer.from(JSON.stringify(ROW).replace('"S1"', digits))],
      })[0]!;
    for (const digits of ["6.20725E+17", "6.20725199001011e17", "1E3"])
      expect(raw(digits).rejection).toMatch(/^bad_value: setl_id: .*scientific notation/);
    expect(raw("620725199001011").record).toMatchObject({ setl_id: "620725199001011" });
  });

  it("what only looks like one at a glance is read", () => {
    for (const text of ["E+17", "62E17", "6.2E-11", "6.20725E+17A", "1E+"])
      expect(one({ ...ROW, setl_id: text }).record).toMatchObject({ setl_id: text });
  });
});

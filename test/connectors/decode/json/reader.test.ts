import { describe, expect, it } from "vitest";
import { decodeValue, makeDecoder } from "../../../support/decoding.js";

const GOOD = {
  setl_id: "S1",
  mdtrt_id: "M1",
  setl_time: "2024-03-01 10:00:00",
  updt_time: "2024-03-01T10:00:00+08:00",
  psn_no: "P-SECRET",
  insutype: "390",
  insu_admdvs: "620725",
  fixmedins_code: "H1",
  med_type: "21",
  medfee_sumamt: "100.00",
  fund_pay_sumamt: 60,
};
const decode = (change: Record<string, unknown>) =>
  decodeValue("settlement", JSON.stringify({ ...GOOD, ...change }));
/** The same with a field's source text put in as it stands. */
const withRaw = (field: string, text: string) =>
  decodeValue("settlement", JSON.stringify({ ...GOOD, [field]: "@@" }).replace('"@@"', text));

describe("a JSON settlement", () => {
  it("is read with absent fields null, amounts in fen, times in milliseconds", () => {
    const { record, rejection } = decode({
      dise_no: "",
      begndate: "2024-02-29",
      ipt_days: 3,
      unknown: { a: [1] },
    });
    expect(rejection).toBeNull();
    expect(record).toMatchObject({
      setl_id: "S1",
      dise_no: null,
      init_setl_id: null,
      begndate: 19782,
      ipt_days: 3,
      medfee_sumamt: 10000,
      fund_pay_sumamt: 6000,
      hifp_pay: null,
      setl_time: Date.UTC(2024, 2, 1, 2),
      updt_time: Date.UTC(2024, 2, 1, 2),
    });
    expect(record).not.toHaveProperty("unknown");
  });

  it("may begin with a BOM and white space and end with white space", () => {
    expect(decodeValue("settlement", `\ufeff \r\n\t${JSON.stringify(GOOD)} \n`).rejection).toBeNull();
    expect(decodeValue("settlement", `\n ${JSON.stringify(GOOD)}`).rejection).toBeNull();
  });

  it("takes the last of a key that stands twice, whatever the first was", () => {
    const text = JSON.stringify(GOOD);
    expect(decodeValue("settlement", `{"medfee_sumamt":"x",${text.slice(1)}`).rejection).toBeNull();
    expect(decodeValue("settlement", `${text.slice(0, -1)},"medfee_sumamt":7}`).record?.medfee_sumamt).toBe(
      700,
    );
    expect(decodeValue("settlement", `${text.slice(0, -1)},"setl_id":null}`).rejection).toBe(
      "missing_field: setl_id is missing",
    );
  });

  it("may escape its keys and values", () => {
    const text = JSON.stringify(GOOD).replace('"setl_id":"S1"', '"setl\\u005fid":"S\\u0031\\u836f"');
    expect(decodeValue("settlement", text).record?.setl_id).toBe("S1药");
    expect(withRaw("medfee_sumamt", '"\\u0031.5"').record?.medfee_sumamt).toBe(150);
  });

  it.each(["setl_id", "setl_time", "psn_no", "medfee_sumamt", "fund_pay_sumamt"])(
    "without %s is missing_field",
    (field) => {
      for (const absent of [undefined, null, ""])
        expect(decode({ [field]: absent }).rejection).toBe(`missing_field: ${field} is missing`);
    },
  );

  it.each([
    ["medfee_sumamt", "1e-3"],
    ["medfee_sumamt", "1.005"],
    ["medfee_sumamt", '"1.005"'],
    ["medfee_sumamt", '"NaN"'],
    ["medfee_sumamt", "1.000000000000000000001"],
    ["medfee_sumamt", "123456789012345"],
    ["medfee_sumamt", "true"],
    ["medfee_sumamt", "[1]"],
    ["medfee_sumamt", '"1,000.00"'],
    ["insutype", "-390"],
    ["insutype", "390.5"],
    ["fixmedins_code", "62072500012"],
    ["med_type", '"普通住院"'],
    ["med_type", '"620725199003078888"'],
    ["fixmedins_code", '"62072519900307888X"'],
    ["psn_no", "62"],
    ["setl_id", "{}"],
    ["setl_id", "false"],
    ["setl_id", '"a\\u0000b"'],
    ["setl_id", '"a\\ud800b"'],
    ["setl_id", '"\u007f"'],
    ["setl_time", "1.5"],
    ["setl_time", '"2024-02-30 10:00:00"'],
    ["begndate", '"2024-2-1"'],
    ["begndate", "19782"],
    ["ipt_days", "1.5"],
    ["ipt_days", "2147483648"],
    ["ipt_days", '"3.5"'],
  ])("with %s %s is bad_value of that field", (field, text) => {
    const { rejection, record } = withRaw(field, text);
    expect(record).toBeNull();
    expect(rejection).toMatch(new RegExp(`^bad_value: ${field}: expected `));
  });

  it("reads what means one thing only, however an export writes it", () => {
    for (const [field, text, value] of [
      ["medfee_sumamt", "1e3", 100_000],
      ["medfee_sumamt", '"1000.000"', 100_000],
      ["medfee_sumamt", '"  5.1 "', 510],
      ["ipt_days", '"3"', 3],
      ["ipt_days", "3e0", 3],
      ["ipt_days", '"0.0"', 0],
      ["begndate", '"2024-02-28 00:00:00"', 19781],
      ["setl_time", '"2024-03-01T10:00:00"', Date.UTC(2024, 2, 1, 2)],
      ["insutype", "390", "390"],
      ["insutype", "390.0", "390"],
      ["setl_id", "12345678901234567890123", "12345678901234567890123"],
      ["hosp_lv", "5", "05"],
      ["hosp_lv", "11", "11"],
      ["setl_id", '"X1 "', "X1"],
      ["psn_no", '"\\u200bP1\\u00a0"', "P1"],
      ["fixmedins_code", '"\uff28\uff16\u3000"', "H6"],
      ["dise_no", '" "', null],
      ["ipt_days", '" "', null],
    ] as const)
      expect(withRaw(field, text).record?.[field], `${field} ${text}`).toBe(value);
  });

  it("reads a field by its other name, and by ours where both stand", () => {
    const rest = JSON.stringify(GOOD).slice(1);
    expect(decodeValue("settlement", `{"inscp_amt":"7.00",${rest}`).record?.inscp_scp_amt).toBe(700);
    expect(
      decodeValue("settlement", `{"inscp_amt":"7.00","inscp_scp_amt":"8.00",${rest}`).record?.inscp_scp_amt,
    ).toBe(800);
    const own = makeDecoder({ fields: { medfee_sumamt: ["total_fee"] } });
    const text = JSON.stringify(GOOD).replace("medfee_sumamt", "total_fee");
    expect(decodeValue("settlement", text, own).record?.medfee_sumamt).toBe(decode({}).record?.medfee_sumamt);
  });

  it("tells neither the person's number nor any other value", () => {
    for (const text of ['"P-SECRET\\u0001"', `"P-SECRET${"9".repeat(10_000_000)}"`, '["P-SECRET"]'])
      expect(withRaw("psn_no", text).rejection).toMatch(/^bad_value: psn_no: expected [^S]*$/);
  });

  it("exact amounts: numbers are read from their text", () => {
    for (const [text, fen] of [
      ["0.07", 7],
      ["1.1", 110],
      ["-12.34", -1234],
      ["90071992547409.91", 9007199254740991],
      ["8.30", 830],
      ["-0", 0],
    ] as const)
      expect(Object.is(withRaw("medfee_sumamt", text).record?.medfee_sumamt, fen), text).toBe(true);
  });

  it("the year 9999 is a time; what is later is none", () => {
    expect(decode({ setl_time: "9999-12-31 23:59:59" }).record?.setl_time).toBe(
      Date.UTC(9999, 11, 31, 15, 59, 59),
    );
    expect(decode({ setl_time: 253402300800000 }).rejection).toMatch(/^bad_value: setl_time/);
    expect(decode({ setl_time: 1709258400000 }).record?.setl_time).toBe(1709258400000);
  });
});

describe("undecodable", () => {
  const text = JSON.stringify(GOOD);
  it.each([
    ["cut off", text.slice(0, -1)],
    ["cut off in a string", text.slice(0, 10)],
    ["two objects", text + text],
    ["a trailing comma", `${text.slice(0, -1)},}`],
    ["no comma", text.replace('","', '""')],
    ["NaN", text.replace("60", "NaN")],
    ["Infinity", text.replace("60", "-Infinity")],
    ["leading zero", text.replace("60", "060")],
    ["plus sign", text.replace("60", "+60")],
    ["bare point", text.replace("60", "60.")],
    ["lone minus", text.replace("60", "-")],
    ["word", text.replace("60", "nul")],
    ["single quotes", text.replaceAll('"', "'")],
    ["raw line break in a string", text.replace("S1", "S\n1")],
    ["bad escape", text.replace("S1", "\\x")],
    ["bad escape in an unknown field", `{"zz":"\\u12",${text.slice(1)}`],
    ["brackets that do not match", `{"zz":[{]},${text.slice(1)}`],
    ["open bracket", `{"zz":[[[[,${text.slice(1)}`],
    ["an array", `[${text}]`],
    ["only an opening bracket", "{"],
    ["only a BOM", "\ufeff"],
    ["only white space", "  \n"],
  ])("%s", (_, bad) => {
    expect(decodeValue("settlement", bad).rejection).toBe(
      bad.startsWith("[")
        ? "undecodable: a JSON array is no record: one object a value, or a line"
        : "undecodable: the bytes are no JSON object",
    );
  });

  it("invalid UTF-8, also in a field that nobody reads", () => {
    const bytes = Buffer.from(`{"zz":"\u00ff",${text.slice(1)}`);
    bytes[bytes.indexOf(0xc3)] = 0xff;
    expect(decodeValue("settlement", bytes).rejection).toBe("undecodable: the bytes are not valid UTF-8");
  });

  it("an empty, a null and a foreign value", () => {
    expect(decodeValue("settlement", null).rejection).toBe("undecodable: nothing to count");
    expect(decodeValue("settlement", "").rejection).toBe("undecodable: the value is empty");
    for (const foreign of [
      "x",
      "<xml/>",
      Buffer.of(0),
      Buffer.of(0xc3),
      Buffer.of(0xc3, 2, 0, 0, 0, 0, 0, 0, 0, 0),
      Buffer.of(0xff),
    ])
      expect(decodeValue("settlement", foreign).rejection).toBe(
        "undecodable: the first bytes belong to no known encoding",
      );
  });

  it("nesting without end does not overflow", () => {
    expect(
      decodeValue("settlement", `{"zz":${"[".repeat(200_000)}${"]".repeat(200_000)},${text.slice(1)}`)
        .rejection,
    ).toBeNull();
    expect(decodeValue("settlement", `{"zz":${"[".repeat(200_000)}`).rejection).toMatch(/^undecodable/);
  });

  it("leaves its own bytes for the quarantine", () => {
    expect(decodeValue("settlement", "{bad").raw.toString()).toBe("{bad");
  });
});

describe("the other streams", () => {
  it("maps, rates and figures", () => {
    const fact = {
      fact_id: "f",
      indicator: "i",
      period: "2024-03",
      admdvs: "620725",
      value: "-0012.50",
      unit: "yuan",
      updt_time: 0,
    };
    expect(
      decodeValue("reported-fact", JSON.stringify({ ...fact, dimensions: { b: "2", a: "1" } })).record,
    ).toEqual({
      ...fact,
      value: "-12.5",
      dimensions: { a: "1", b: "2" },
      reported_by: null,
    });
    expect(decodeValue("reported-fact", JSON.stringify({ ...fact, value: 1.25 })).record?.value).toBe("1.25");
    for (const [field, value] of [
      ["dimensions", { a: 1 }],
      ["dimensions", ["a"]],
      ["dimensions", "a"],
      ["value", "1e5"],
      ["value", true],
    ] as const)
      expect(decodeValue("reported-fact", JSON.stringify({ ...fact, [field]: value })).rejection).toMatch(
        `bad_value: ${field}`,
      );
    const dip = {
      result_id: "r",
      fixmedins_code: "H",
      insurance: "resident",
      settled_month: "2024-03",
      cases: 1,
      fee_for_service_amount: "1",
      dip_amount: "-2.5",
      updt_time: "2024-03-01 00:00:00",
    };
    expect(
      decodeValue("dip-result", JSON.stringify({ ...dip, deposit_rate: "0.0500" })).record,
    ).toMatchObject({ deposit_rate: "0.05", dip_amount: -250 });
    expect(decodeValue("dip-result", JSON.stringify({ ...dip, deposit_rate: 5e-7 })).rejection).toMatch(
      "bad_value: deposit_rate",
    );
  });

  it("a name may be long and free; a code may not", () => {
    const facility = { fixmedins_code: "H", admdvs: "620725" };
    expect(
      decodeValue("facility", JSON.stringify({ ...facility, name: "院".repeat(1024) })).rejection,
    ).toBeNull();
    expect(
      decodeValue("facility", JSON.stringify({ ...facility, name: "院".repeat(1025) })).rejection,
    ).toMatch("1024");
    expect(decodeValue("facility", JSON.stringify({ ...facility, kind: "k".repeat(65) })).rejection).toMatch(
      "64",
    );
  });
});

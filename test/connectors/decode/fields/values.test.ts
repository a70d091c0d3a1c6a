import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ZoneCalendar } from "../../../../aggregations/calendar.js";
import {
  canonicalFigure,
  canonicalRate,
  cleanText,
  dayOfText,
  fenOfBytes,
  fenOfText,
  fenOfUnscaled,
  instantOfMs,
  instantOfText,
  intOfText,
  mapOfEntries,
  textFault,
  textOfUnscaled,
} from "../../../../connectors/decode/fields/values.js";

describe("amounts", () => {
  it.each([
    ["0", 0],
    ["-0.00", 0],
    ["12", 1200],
    ["12.3", 1230],
    ["-12.34", -1234],
    ["0.01", 1],
    ["00012.50", 1250],
    ["90071992547409.91", 9007199254740991],
  ])("%s is %i fen", (text, fen) => expect(fenOfText(text)).toBe(fen));

  it.each([
    "",
    "-",
    ".5",
    "5.",
    "1.005",
    "NaN",
    "Infinity",
    "+1",
    "1,000",
    "0x10",
    "１",
    "90071992547409.92",
    "123456789012345",
    "9".repeat(40),
    "1.-5",
    "--1",
    "1.2.3",
  ])("%j is none", (text) => expect(fenOfText(text)).toBeNaN());

  it("every fen is read back from its text", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (fen) => {
        expect(fenOfText(textOfUnscaled(BigInt(fen), 2))).toBe(fen);
      }),
    );
  });

  it("another scale is changed exactly or not at all", () => {
    expect(fenOfUnscaled(12n, 0)).toBe(1200);
    expect(fenOfUnscaled(-125n, 1)).toBe(-1250);
    expect(fenOfUnscaled(12_3400n, 4)).toBe(1234);
    expect(fenOfUnscaled(12_3450n, 4)).toBeNaN();
    expect(fenOfUnscaled(2n ** 53n, 2)).toBeNaN();
  });
});

describe("decimal text", () => {
  it.each([
    ["0", "0"],
    ["-0.000", "0"],
    ["007", "7"],
    ["1.500", "1.5"],
    ["-0.050", "-0.05"],
    ["100", "100"],
    ["1.00", "1"],
  ])("%s is %s", (text, canonical) => expect(canonicalFigure(text)).toBe(canonical));

  it.each(["", "1e3", "NaN", ".5", "5.", "1,5", "1".repeat(19), `0.${"1".repeat(19)}`, "٣"])(
    "%j is none",
    (text) => expect(canonicalFigure(text)).toBeNull(),
  );

  it("a rate has three digits before and six after the point", () => {
    expect(canonicalRate("0.05")).toBe("0.05");
    expect(canonicalRate("1000")).toBeNull();
    expect(canonicalRate("0.0000001")).toBeNull();
  });
});

describe("instants and days", () => {
  const shanghai = new ZoneCalendar("Asia/Shanghai");
  it.each([
    ["2024-03-01T10:00:00+08:00", "2024-03-01T02:00:00.000Z"],
    ["2024-03-01T10:00:00.123456-0530", "2024-03-01T15:30:00.123Z"],
    ["2024-03-01T10:00Z", "2024-03-01T10:00:00.000Z"],
    ["2024-03-01 10:00:00Z", "2024-03-01T10:00:00.000Z"],
    ["2024-03-01 10:00:00", "2024-03-01T02:00:00.000Z"],
    ["2024-03-01 10:00:00.5", "2024-03-01T02:00:00.500Z"],
    ["2024-03-01T10:00:00", "2024-03-01T02:00:00.000Z"],
    ["2024-03-01T10:00:00.25", "2024-03-01T02:00:00.250Z"],
    [" 2024-03-01 10:00:00\u00a0", "2024-03-01T02:00:00.000Z"],
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"],
  ])("%s is %s", (text, iso) => expect(new Date(instantOfText(text, shanghai)).toISOString()).toBe(iso));

  it.each([
    "2024-03-01",
    "2024-02-30 10:00:00",
    "2024-03-01 24:00:00",
    "2024-03-01 10:60:00",
    "2024-03-01 10:00:60",
    "2024-03-01T10:00:00+19:00",
    "10000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-01:00",
    "1709258400000",
    "",
    "2024-13-01 00:00:00",
    "2024/03/01 10:00:00",
    "0000-01-01T00:00:00Z",
  ])("%j is none", (text) => expect(instantOfText(text, shanghai)).toBeNaN());

  it("the zone of the jurisdiction counts, summer time included", () => {
    expect(instantOfText("1988-07-01 12:00:00", shanghai)).toBe(Date.UTC(1988, 6, 1, 3));
  });

  it("milliseconds beyond the year 9999 are none", () => {
    expect(instantOfMs(253_402_300_799_999)).toBe(253_402_300_799_999);
    expect(instantOfMs(253_402_300_800_000)).toBeNaN();
    expect(instantOfMs(1.5)).toBeNaN();
    expect(instantOfMs(Number.NaN)).toBeNaN();
  });

  it.each([
    ["2024-02-29", 19782],
    ["2024-02-29 ", 19782],
    ["\u3000 2024-02-29\ufeff", 19782],
    ["2024-02-29 00:00:00", 19782],
    ["2024-02-29T00:00:00.000", 19782],
    ["2024-02-29T00:00:00Z", 19782],
    ["2024-02-29 15:30:00", 19782],
    // Any other clock with an offset: its date in the zone of the jurisdiction.
    ["2024-02-28T16:00:01Z", 19782],
    ["2024-02-29T23:00:00-05:00", 19783],
  ])("%j is a day", (text, day) => expect(dayOfText(text, shanghai)).toBe(day));

  it.each([
    "2023-02-29",
    "2024-2-9",
    "20240209",
    "2024-02-30 00:00:00",
    "2024-02-29 25:00:00",
    "2024-02-29 x",
    "",
  ])("%j is no day", (text) => expect(dayOfText(text, shanghai)).toBeNaN());
});

describe("integers and amounts as text", () => {
  it.each([
    ["6", 6],
    ["6.0", 6],
    [" -6.000", -6],
    ["6E+2", 600],
    ["0.0", 0],
  ])("%j is %d", (text, value) => expect(intOfText(text)).toBe(value));

  it.each(["6.5", "", "1e10", "0x6", "2147483648"])("%j is no integer", (text) =>
    expect(intOfText(text)).toBeNaN(),
  );

  it.each([
    ["1000.000", 100_000],
    ["1E+3", 100_000],
    ["1.5e-1", 15],
    ["12345.67e-2", Number.NaN],
    ["1e-3", Number.NaN],
    ["1.230", 123],
    ["1.234", Number.NaN],
    ["-0.000", 0],
    [" 5.10 ", 510],
    ["1e40", Number.NaN],
    ["1e9999", Number.NaN],
  ])("an amount %j is %d fen", (text, fen) => {
    expect(fenOfText(text)).toBe(fen);
    const bytes = Buffer.from(`"${text}"`);
    expect(fenOfBytes(bytes, 1, bytes.length - 1)).toBe(fen);
  });
});

describe("texts", () => {
  const code = { name: "med_type", text: "code" } as const;
  const id = { name: "setl_id", text: "id" } as const;
  const name = { name: "fund", text: "name" } as const;

  it("ids and names have at most 64 characters, no control characters and no lone surrogates", () => {
    expect(textFault("H".repeat(64), id)).toBeNull();
    expect(textFault("药店-Ω𠮷", name)).toBeNull();
    expect(textFault("H".repeat(65), id)).toContain("64");
    expect(textFault("H\u0000", id)).toContain("control");
    expect(textFault("H\u007f", name)).toContain("control");
    expect(textFault("H\ud800", id)).toContain("well-formed");
    expect(textFault("药".repeat(1024), { name: "name", text: "prose" })).toBeNull();
    expect(textFault("药".repeat(1025), { name: "name", text: "prose" })).toContain("1024");
  });

  it("codes are at most 20 letters, digits and -_.+*/", () => {
    for (const text of ["11", "M01.600*", "H62072500012", "a-b_c.d+e*f/g", "x".repeat(20)])
      expect(textFault(text, code)).toBeNull();
    for (const text of ["张三", "1 1", "x".repeat(21), "a,b", "a;b", "<b>"])
      expect(textFault(text, code)).toContain("20 letters");
  });

  it("the form of an identity number is refused wherever it can only be a shifted column", () => {
    for (const number of [
      "620725199003078888",
      "62072519900307888X",
      "62072519900307888x",
      "620725900307888",
    ]) {
      expect(textFault(number, code)).toContain("identity number");
      expect(textFault(number, name)).toContain("identity number");
      expect(textFault(number, id)).toBeNull();
      expect(textFault(number, { name: "fact_id", text: "id" })).toContain("identity number");
    }
    // No date in the places of one.
    expect(textFault("620725199013078888", code)).toBeNull();
    expect(textFault("620725901307888", code)).toBeNull();
  });

  it("white space around a text goes, and full-width letters and digits of codes become half-width", () => {
    for (const space of [" ", "\t", "\u00a0", "\u200b", "\ufeff", "\u3000", "\u2060"])
      expect(cleanText(`${space}X1${space}${space}`, "id")).toBe("X1");
    expect(cleanText("　Ｈ６２ａ ", "code")).toBe("H62a");
    expect(cleanText(" 县 医院Ａ ", "prose")).toBe("县 医院Ａ");
    expect(cleanText("\u200b", "code")).toBe("");
  });

  it("maps are text to text, in one order, and cannot reach a prototype", () => {
    expect(
      JSON.stringify(
        mapOfEntries([
          ["b", "1"],
          ["a", "2"],
          ["c", ""],
        ]),
      ),
    ).toBe('{"a":"2","b":"1"}');
    expect(mapOfEntries([["a", 1]])).toBe("text as every value");
    const map = mapOfEntries([["__proto__", "x"]]) as Record<string, string>;
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
    expect(Object.entries(map)).toEqual([["__proto__", "x"]]);
    expect(mapOfEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, "v"]))).toContain("64");
  });
});

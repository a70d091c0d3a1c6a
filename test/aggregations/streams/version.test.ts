import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseRecord } from "../../../aggregations/streams/record.js";
import {
  canonicalContent,
  compareBytes,
  OLDEST,
  recordKey,
  resolveVersion,
  type Version,
  versionTime,
} from "../../../aggregations/streams/version.js";
import { day, dipResult, enrolment, facility, fact, fundEntry } from "./support.js";

describe("key", () => {
  it("of a single field is the field itself", () => {
    expect(recordKey("fund-entry", fundEntry({ entry_id: "A|1" }))).toBe("A|1");
  });

  it("of several fields fills in the defaults and cannot be confused", () => {
    const given = enrolment({ group: "all", sex: "all" });
    expect(recordKey("enrolment", enrolment({}))).toBe(recordKey("enrolment", given));
    expect(recordKey("enrolment", given)).toBe(`${day("2024-03-31")}|620725|resident|all|all`);
    const a = facility({ fixmedins_code: "A|1", valid_from: null });
    const b = facility({ fixmedins_code: "A", valid_from: 1 });
    expect(recordKey("facility", a)).toBe("A\\|1|");
    expect(recordKey("facility", b)).toBe("A|1");
  });
});

describe("content", () => {
  it("leaves out updt_time and unknown fields", () => {
    const one = fundEntry({ amount: 5 });
    const two = fundEntry({ amount: 5, updt_time: 1, note: "x" });
    expect(canonicalContent("fund-entry", one)).toBe(canonicalContent("fund-entry", two));
  });

  it("is equal for a default that is given and one that is left out", () => {
    const same = (stream: Parameters<typeof canonicalContent>[0], a: object, b: object) =>
      expect(canonicalContent(stream, a as never)).toBe(canonicalContent(stream, b as never));
    same("fund-entry", fundEntry({}), fundEntry({ insurance: "resident", group: "" }));
    same("dip-result", dipResult({}), dipResult({ deposit_rate: "0.050" }));
    same("reported-fact", fact({}), fact({ dimensions: { insurance: "all", tier: "" }, value: "1.00" }));
    same("reported-fact", fact({ dimensions: { a: "1", b: "2" } }), fact({ dimensions: { b: "2", a: "1" } }));
    const { group: _, ...without } = enrolment({});
    same("enrolment", enrolment({}), without);
  });

  it("tells every known field apart", () => {
    const base = canonicalContent("dip-result", dipResult({}));
    for (const [field, other] of Object.entries({ cases: 2, dip_amount: 1, deposit_rate: "0.06" })) {
      expect(canonicalContent("dip-result", dipResult({ [field]: other }))).not.toBe(base);
    }
  });
});

describe("normal form", () => {
  it("takes the insurance from the fund where the entry names none", () => {
    const insurance = (fund: string) => normaliseRecord("fund-entry", fundEntry({ fund })).insurance;
    expect(["employee_pool", "employee_account", "civil_servant", "large_amount"].map(insurance)).toEqual(
      Array(4).fill("employee"),
    );
    expect(["resident", "critical_illness"].map(insurance)).toEqual(["resident", "resident"]);
    expect(["maternity", "aid", "risk_reserve", "constructor"].map(insurance)).toEqual([
      "maternity",
      "all",
      "all",
      "all",
    ]);
    expect(normaliseRecord("fund-entry", fundEntry({ fund: "aid", insurance: "resident" })).insurance).toBe(
      "resident",
    );
  });

  it("applied again changes nothing", () => {
    const once = normaliseRecord("reported-fact", fact({ value: "1e2", dimensions: { b: "1", a: "" } }));
    expect(once).toMatchObject({ value: "100", dimensions: { b: "1" } });
    expect(normaliseRecord("reported-fact", once)).toEqual(once);
  });
});

describe("which version stands", () => {
  const v = (time: number, content: string): Version => ({ time, content });

  it("the first one, then the later one", () => {
    expect(resolveVersion(null, v(1, "a"))).toBe("applied");
    expect(resolveVersion(v(1, "b"), v(2, "a"))).toBe("applied");
    expect(resolveVersion(v(2, "a"), v(1, "b"))).toBe("duplicate");
  });

  it("equal content is a duplicate and with a later time moves the time on", () => {
    expect(resolveVersion(v(2, "a"), v(2, "a"))).toBe("duplicate");
    expect(resolveVersion(v(2, "a"), v(1, "a"))).toBe("duplicate");
    expect(resolveVersion(v(2, "a"), v(3, "a"))).toBe("duplicate-newer");
  });

  it("at the same time the greater content, the other is in conflict", () => {
    expect(resolveVersion(v(1, "a"), v(1, "b"))).toBe("conflict-current");
    expect(resolveVersion(v(1, "b"), v(1, "a"))).toBe("conflict-incoming");
  });

  it("a facility version without time is older than any", () => {
    expect(versionTime(facility({}))).toBe(OLDEST);
    expect(resolveVersion(v(OLDEST, "b"), v(-5, "a"))).toBe("applied");
  });

  it("compares bytes, not UTF-16 units", () => {
    // U+FF21 is EF BC A1; U+20000 is F0 A0 80 80, in UTF-16 D840 DC00, below FF21
    expect(compareBytes("\u{20000}", "\uff21")).toBeGreaterThan(0);
    expect(compareBytes("\ud800", "\ud801")).not.toBe(0);
  });

  it("does not depend on the order of arrival", () => {
    const version = fc.record({ time: fc.nat(3), content: fc.constantFrom("a", "b", "c") });
    const settle = (versions: readonly Version[]) => {
      let current: Version | null = null;
      for (const incoming of versions) {
        const resolution = resolveVersion(current, incoming);
        if (resolution !== "duplicate" && resolution !== "conflict-incoming") current = incoming;
      }
      return current;
    };
    fc.assert(
      fc.property(fc.array(version, { minLength: 1, maxLength: 8 }), (versions) => {
        const greatest = [...versions]
          .sort((a, b) => a.time - b.time || compareBytes(a.content, b.content))
          .at(-1);
        expect(settle(versions)).toEqual(greatest);
      }),
    );
  });
});

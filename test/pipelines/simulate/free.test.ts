import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ZoneCalendar } from "../../../aggregations/calendar.js";
import { jsonText } from "../../../connectors/encode/json.js";
import { FREE_DEFAULTS, type FreeProfile, freeEvents } from "../../../pipelines/simulate/free.js";
import { AMOUNT_INDEX, Settlement } from "../../../schemas/input/settlement.js";
import { FUND_AMOUNTS } from "../../../schemas/input/streams.js";

const calendar = new ZoneCalendar("Asia/Shanghai");
const profile: FreeProfile = { ...FREE_DEFAULTS, events: 20_000, persons: 3_000, months: 6 };

function settlements(p: FreeProfile, seed: number): Settlement[] {
  const list: Settlement[] = [];
  for (const event of freeEvents(p, seed, calendar)) {
    if (event.stream !== "settlement") continue;
    const copy = new Settlement();
    copy.copyFrom(event.record);
    list.push(copy);
  }
  return list;
}

function digest(p: FreeProfile, seed: number): string {
  const hash = createHash("md5");
  for (const event of freeEvents(p, seed, calendar)) hash.update(jsonText(event));
  return hash.digest("hex");
}

describe("the free profile", () => {
  it("gives the same events for the same seed and others for another", () => {
    expect(digest(profile, 1)).toBe(digest(profile, 1));
    expect(digest(profile, 1)).not.toBe(digest(profile, 2));
  });

  it("keeps the asked number of events and rates near the asked ones", () => {
    const list = settlements({ ...profile, refunds: 0.05, duplicates: 0.03, corrections: 0.02 }, 3);
    expect(list).toHaveLength(20_000);
    const refunds = list.filter((s) => s.init_setl_id !== "").length;
    expect(refunds / list.length).toBeGreaterThan(0.04);
    expect(refunds / list.length).toBeLessThan(0.06);
    const repeated = list.length - new Set(list.map((s) => s.setl_id)).size;
    expect(repeated / list.length).toBeGreaterThan(0.04);
    expect(repeated / list.length).toBeLessThan(0.06);
  });

  it("refunds a settlement once, in full, after it came", () => {
    const seen = new Map<string, Settlement>();
    const refunded = new Set<string>();
    for (const s of settlements({ ...profile, corrections: 0, bad: 0 }, 4)) {
      if (s.init_setl_id === "") seen.set(s.setl_id, s);
      else {
        const original = seen.get(s.init_setl_id);
        expect(original).toBeDefined();
        expect(
          [...s.amounts].every((a, i) => Object.is(a, 0 - original!.amounts[i]) || Number.isNaN(a)),
        ).toBe(true);
        refunded.add(s.init_setl_id);
      }
    }
    expect(refunded.size).toBeGreaterThan(100);
  });

  it("satisfies the identities A to D in every record when nothing bad is asked for", () => {
    for (const s of settlements({ ...profile, bad: 0 }, 5)) {
      const a = (name: keyof typeof AMOUNT_INDEX): number => s.amounts[AMOUNT_INDEX[name]];
      const sign = s.init_setl_id === "" ? 1 : -1;
      expect(FUND_AMOUNTS.reduce((sum, f) => sum + a(f), 0)).toBe(a("fund_pay_sumamt"));
      expect(a("fund_pay_sumamt") + a("acct_pay") + a("psn_cash_pay") + a("hosp_part_amt")).toBe(
        a("medfee_sumamt"),
      );
      expect(a("fulamt_ownpay_amt") + a("overlmt_selfpay") + a("preselfpay_amt") + a("inscp_scp_amt")).toBe(
        a("medfee_sumamt"),
      );
      expect([...s.amounts].every((v) => Number.isNaN(v) || v * sign >= 0)).toBe(true);
    }
  });

  it("scrambles ids without repeating one", () => {
    const list = settlements({ ...profile, ids: "random", duplicates: 0, corrections: 0 }, 6);
    expect(new Set(list.map((s) => s.setl_id)).size).toBe(list.length);
    const first = list.slice(0, 10).map((s) => s.setl_id);
    expect(first).not.toEqual([...first].sort());
  });
});

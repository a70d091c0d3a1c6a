import fc from "fast-check";
import type { Plain } from "../oracle/types.js";

/** Fen of a bill before it is written down; the fee and the fund's sum follow from identities A and B. */
export interface Money {
  readonly funds: Readonly<Record<string, number>>;
  readonly account: number;
  readonly cash: number;
  readonly hospital: number;
  readonly inScope: number;
  readonly relative: number;
  /** The relative's account stands beside `acct_pay`, so that identity B needs it. */
  readonly beside: boolean;
  readonly deductible: number;
  /** Also give the three own-paid parts (identity D), true or not. */
  readonly parts: boolean;
  /** How amounts are written: with two decimals, as numbers, or as short as can be. */
  readonly writing: "fixed" | "number" | "short";
}

const some = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 99_999 }) },
);
const much = fc.oneof(fc.integer({ min: 0, max: 99_999_999 }), fc.constant(10_000));

export const money: fc.Arbitrary<Money> = fc.record({
  funds: fc.record({
    hifp_pay: much,
    cvlserv_pay: some,
    hifes_pay: some,
    hifmi_pay: some,
    hifob_pay: some,
    hifdm_pay: some,
    maf_pay: some,
    oth_pay: some,
  }),
  account: some,
  cash: much,
  hospital: some,
  inScope: much,
  relative: some,
  beside: fc.boolean(),
  deductible: some,
  parts: fc.boolean(),
  writing: fc.constantFrom("fixed", "number", "short"),
});

function write(fen: number, writing: Money["writing"]): string | number {
  const fixed = `${fen < 0 ? "-" : ""}${Math.floor(Math.abs(fen) / 100)}.${String(Math.abs(fen) % 100).padStart(2, "0")}`;
  if (writing === "fixed") return fixed;
  if (writing === "number") return Number(fixed);
  return fixed.replace(/\.?0+$/, "") || "0";
}

/** The amount fields of a bill, or of a refund with `sign` −1. Absent is as good as 0. */
export function amountFields(m: Money, sign: 1 | -1): Plain {
  const fund = Object.values(m.funds).reduce((a, b) => a + b, 0);
  const fee = fund + m.account + m.cash + m.hospital + (m.beside ? m.relative : 0);
  const fen: Record<string, number> = {
    ...m.funds,
    medfee_sumamt: fee,
    inscp_scp_amt: m.inScope,
    fund_pay_sumamt: fund,
    acct_pay: m.account,
    psn_cash_pay: m.cash,
    hosp_part_amt: m.hospital,
    act_pay_dedc: m.deductible,
    acct_mulaid_pay: m.relative,
  };
  if (m.parts) {
    fen.fulamt_ownpay_amt = Math.max(0, fee - m.inScope);
    fen.overlmt_selfpay = 0;
    fen.preselfpay_amt = 0;
  }
  const fields: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fen)) {
    const required = name === "medfee_sumamt" || name === "fund_pay_sumamt";
    if (value !== 0 || required || m.writing === "fixed") {
      fields[name] = write(value === 0 ? 0 : sign * value, m.writing);
    }
  }
  return fields;
}

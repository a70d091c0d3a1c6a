import type { Config } from "../../schemas/config/schema.js";
import { type ComponentMeasure, MEASURES, type MeasureName } from "../../schemas/measures.js";
import { bigint, firstOf, isOneOf } from "./dialect.js";
import { PARTS } from "./judge.js";

/** What the amounts of a bill are called as measures. */
const AMOUNTS = {
  fee: "medfee_sumamt",
  in_scope_fee: "inscp_scp_amt",
  pool_paid: "hifp_pay",
  civil_servant_paid: "cvlserv_pay",
  supplementary_paid: "hifes_pay",
  critical_paid: "hifmi_pay",
  large_paid: "hifob_pay",
  disabled_paid: "hifdm_pay",
  aid_paid: "maf_pay",
  other_paid: "oth_pay",
  fund_paid: "fund_pay_sumamt",
  account_paid: "account",
  cash_paid: "psn_cash_pay",
  hospital_paid: "hosp_part_amt",
} as const satisfies Partial<Record<MeasureName, string>>;

/** `mutualAidBeside`: what the personal account paid, the mutual aid with it where it is sent beside. */
export const account = (): string =>
  `acct_pay + CASE WHEN acct_mulaid_pay <> 0 AND medfee_sumamt <> ${PARTS} THEN acct_mulaid_pay ELSE ${bigint(0)} END`;

const sum = (names: readonly ComponentMeasure[]): string =>
  names.length === 0 ? bigint(0) : names.map((name) => AMOUNTS[name]).join(" + ");
const where = (condition: string, value: string): string =>
  `CASE WHEN ${condition} THEN ${value} ELSE ${bigint(0)} END`;

type Rules = Pick<Config, "reimbursed" | "benefit" | "insurances" | "casePayment">;

/** `Contribution` (aggregations/settlement/contribution.ts): what a counted bill adds to each measure, in their order. */
export function measures(rules: Rules): string[] {
  const visits = "CAST(weight AS BIGINT)";
  const of: Readonly<Record<MeasureName, string>> = {
    ...AMOUNTS,
    visits,
    bed_days: "CAST(weight * bed_days AS BIGINT)",
    reimbursed: sum(rules.reimbursed),
    benefit_paid: firstOf(
      Object.keys(rules.insurances).map((name, i) => [`ins = ${i}`, sum(rules.benefit[name] ?? [])]),
      bigint(0),
    ),
    critical_visits: where(`${AMOUNTS.critical_paid} <> 0`, visits),
    large_visits: where(`${AMOUNTS.large_paid} <> 0`, visits),
    aid_visits: where(`${AMOUNTS.aid_paid} <> 0`, visits),
    civil_servant_visits: where(`${AMOUNTS.civil_servant_paid} <> 0`, visits),
    account_visits: where(`${AMOUNTS.account_paid} <> 0`, visits),
    critical_fee: where(`${AMOUNTS.critical_paid} <> 0`, AMOUNTS.fee),
    large_fee: where(`${AMOUNTS.large_paid} <> 0`, AMOUNTS.fee),
    aid_fee: where(`${AMOUNTS.aid_paid} <> 0`, AMOUNTS.fee),
    case_paid_visits: where(isOneOf("clr_way", rules.casePayment), visits),
  };
  return MEASURES.map(({ name }) => required(of, name, "measure"));
}

/** Amounts that a bill must carry for its measures. */
export const MEASURED_AMOUNTS: readonly string[] = [...new Set(Object.values(AMOUNTS))];

/** The SQL of a declared thing. A declaration without one must not be left out in silence. */
export function required(of: Readonly<Record<string, string>>, name: string, kind: string): string {
  const sql = of[name];
  if (sql === undefined) throw new Error(`${kind} ${name} has no SQL form in connectors/flink`);
  return sql;
}

/**
 * Which way of an indicator worries: `up` and `down` alone, `both`, or `none`, where a change is neither good nor bad.
 * More spending worries a fund, more visits do not; a share only says where.
 */
export const WORRIES = ["up", "down", "both", "none"] as const;
export type Worry = (typeof WORRIES)[number];

/** What people who do not read the Chinese name read, and which way worries. */
export interface IndicatorWords {
  readonly en: string;
  readonly worry: Worry;
}

const up = (en: string): IndicatorWords => ({ en, worry: "up" });
const down = (en: string): IndicatorWords => ({ en, worry: "down" });
const both = (en: string): IndicatorWords => ({ en, worry: "both" });
const none = (en: string): IndicatorWords => ({ en, worry: "none" });

/** Of each indicator in schemas/indicators.ts; those that other offices report have their own names. */
export const INDICATOR_WORDS: Readonly<Record<string, IndicatorWords>> = {
  visits: none("Visits"),
  persons: none("Persons"),
  bed_days: none("Bed days"),
  fee: up("Total fee"),
  in_scope_fee: none("Fee within policy scope"),
  pool_paid: up("Paid by the pooled fund"),
  civil_servant_paid: up("Paid by civil-servant aid"),
  supplementary_paid: up("Paid by supplementary insurance"),
  critical_paid: up("Paid by critical-illness insurance"),
  large_paid: up("Paid by large-amount aid"),
  disabled_paid: up("Paid by disability cover"),
  aid_paid: up("Paid by medical aid"),
  other_paid: up("Paid by other funds"),
  fund_paid: up("Paid by all funds"),
  account_paid: none("Paid from personal accounts"),
  cash_paid: up("Paid in cash"),
  hospital_paid: both("Borne by the hospital"),
  reimbursed: up("Reimbursed"),
  benefit_paid: up("Fund spending"),
  critical_visits: none("Visits with critical-illness pay"),
  large_visits: none("Visits with large-amount pay"),
  aid_visits: none("Visits with medical aid"),
  civil_servant_visits: none("Visits with civil-servant aid"),
  account_visits: none("Visits with account pay"),
  critical_fee: none("Fee of visits with critical-illness pay"),
  large_fee: none("Fee of visits with large-amount pay"),
  aid_fee: none("Fee of visits with medical aid"),
  case_paid_visits: none("Visits paid by case"),
  avg_fee: up("Average fee"),
  avg_reimbursed: up("Average reimbursement"),
  reimb_rate: down("Reimbursement rate"),
  reimb_rate_in_scope: down("Reimbursement rate within scope"),
  pool_rate: both("Pool's share of the fee"),
  avg_bed_days: up("Average stay"),
  visits_per_person: up("Visits per person"),
  hospitalization_rate: up("Admission rate"),
  case_paid_rate: down("Share paid by case"),
  share_visits: none("Share of visits"),
  share_fee: none("Share of the fee"),
  share_fund_paid: none("Share of all funds' pay"),
  share_pool_paid: none("Share of the pool's pay"),
  share_benefit_paid: none("Share of fund spending"),
  share_in_care_visits: none("Share of the care's visits"),
  share_in_care_fee: none("Share of the care's fee"),
  share_in_care_fund_paid: none("Share of the care's fund pay"),
  share_in_care_pool_paid: none("Share of the care's pool pay"),
  share_in_care_benefit_paid: none("Share of the care's spending"),
  share_in_category_visits: none("Share of the category's visits"),
  share_in_category_fee: none("Share of the category's fee"),
  share_in_category_fund_paid: none("Share of the category's fund pay"),
  share_in_category_pool_paid: none("Share of the category's pool pay"),
  share_in_category_benefit_paid: none("Share of the category's spending"),
  enrolled: down("Enrolled persons"),
  enrolled_paid: down("Persons who paid"),
  enrolment_progress: down("Enrolment against target"),
  income: down("Income"),
  expense: up("Booked expense"),
  balance_period: down("Balance of the period"),
  balance_cumulative: down("Cumulative balance"),
  beneficiaries: none("Beneficiaries"),
  settled_expense: up("Settled expense"),
  budget_income: none("Income budget"),
  budget_expense: none("Expense budget"),
  income_progress: down("Income against budget"),
  expense_progress: up("Booked expense against budget"),
  settled_progress: up("Settled expense against budget"),
  months_payable: down("Months payable"),
  months_payable_net: down("Months payable without prepayment"),
  use_progress: up("Expense over income"),
  expense_to_budget_income: up("Expense over budgeted income"),
  expense_to_available: up("Expense over available funds"),
  dip_cases: none("DIP cases"),
  ffs_amount: none("Fee-for-service amount"),
  dip_amount: none("DIP amount"),
  dip_difference: both("DIP difference"),
  dip_deposit: none("DIP deposit withheld"),
  dip_prepay_rate: both("DIP prepayment rate"),
};

/** Of an indicator that another office reports under a name of its own. */
export const wordsOf = (indicator: string): IndicatorWords =>
  INDICATOR_WORDS[indicator] ?? { en: indicator.replaceAll("_", " "), worry: "none" };

import type { Envelope, Figure, Finding, Trust } from "../data/types.js";
import { type Amount, place } from "../format/number.js";
import type { AlertRow } from "../parts/alert-list.js";

export interface Outlook {
  readonly as_of: string;
  readonly projected: string;
  readonly low: string;
  readonly high: string;
  readonly exhausted_on: string | null;
  readonly method: string;
}

/** One fund of the year as the overview's route gives it. */
export interface FundCard {
  readonly fund: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly insurance: string;
  readonly settled: string | null;
  readonly settled_previous: string | null;
  readonly settled_change_pct: string | null;
  readonly budget: string | null;
  readonly progress: string | null;
  readonly pace: string | null;
  readonly lead: string | null;
  readonly booked: string | null;
  readonly booked_to: string | null;
  readonly income: string | null;
  readonly income_progress: string | null;
  readonly balance_period: string | null;
  readonly balance_cumulative: string | null;
  readonly months_payable: string | null;
  readonly outlook: Outlook | null;
  readonly leads: readonly { readonly day: string; readonly lead: string | null }[] | null;
}

/** What is marked on a fund: the page knows no thresholds, it repeats what open alerts and the outlook say. */
export interface Flags {
  readonly lead: boolean;
  readonly months: boolean;
  readonly over: boolean;
}

export function flagsOf(fund: FundCard, alerts: readonly AlertRow[]): Flags {
  const alarmed = (indicators: readonly string[]): boolean =>
    alerts.some(
      (a) => a.fund === fund.fund && a.state !== "cleared" && indicators.includes(String(a.indicator)),
    );
  return {
    lead: alarmed(["settled_progress", "expense_progress"]),
    months: alarmed(["months_payable", "months_payable_net"]),
    over: fund.outlook?.exhausted_on !== null && fund.outlook?.exhausted_on !== undefined,
  };
}

export interface Recent {
  readonly name: string;
  readonly indicator: string;
  readonly care: string | null;
  readonly unit: string;
  readonly today: {
    readonly day: string;
    readonly value: Amount;
    readonly usual: Amount;
    readonly difference_pct: Amount;
  };
  readonly week: {
    readonly from: string;
    readonly to: string;
    readonly value: Amount;
    readonly usual: Amount;
    readonly difference_pct: Amount;
  };
  readonly days: readonly { readonly day: string; readonly value: Amount }[];
}

export interface OverviewData extends Envelope {
  readonly period: string;
  readonly finding: Finding;
  readonly year: {
    readonly days: number;
    readonly day: string;
    readonly share: string;
    readonly from?: string;
  };
  readonly funds: readonly FundCard[];
  readonly recent: readonly Recent[];
  readonly persons: Figure | null;
  readonly alerts: readonly AlertRow[];
  readonly trust: Trust;
}

/** The outlook as shares of the budget: geometry of the bullet. */
export function outlookShares(fund: FundCard): {
  projected: number | null;
  low: number | null;
  high: number | null;
} {
  const budget = place(fund.budget);
  const share = (v: Amount): number | null => {
    const n = place(v);
    return n === null || !budget ? null : n / budget;
  };
  return {
    projected: share(fund.outlook?.projected),
    low: share(fund.outlook?.low),
    high: share(fund.outlook?.high),
  };
}

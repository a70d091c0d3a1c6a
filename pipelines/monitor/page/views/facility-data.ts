import type { Figure } from "../data/types.js";
import type { Amount } from "../format/number.js";
import type { AlertRow } from "../parts/alert-list.js";
import type { ViewAnswer } from "./use-view.js";

export interface StripRow {
  readonly indicator: string;
  readonly unit: string;
  readonly value: Amount;
  readonly previous: Amount;
  readonly change?: Amount;
  readonly change_pct: Amount;
  readonly rank: number | null;
  readonly of: number;
  readonly median: Amount;
  readonly q1: Amount;
  readonly q3: Amount;
  readonly median_change?: Amount;
  readonly median_change_pct: Amount;
  readonly peers: readonly { readonly facility: string; readonly name: string; readonly value: Amount }[];
}
export interface Month {
  readonly period: string;
  readonly figures: Readonly<
    Record<
      string,
      { readonly value: Amount; readonly median: Amount; readonly q1: Amount; readonly q3: Amount }
    >
  >;
}
export interface FacilityData extends ViewAnswer {
  readonly facility: {
    readonly facility: string;
    readonly name: string;
    readonly tier: string | null;
    readonly kind: string | null;
    readonly ownership: string | null;
    readonly district_name?: string | null;
    readonly local: boolean;
  };
  readonly peers: {
    readonly scope: "local" | "all";
    readonly rule: string;
    readonly codes: readonly string[];
    readonly count: number;
  };
  readonly strips: readonly StripRow[];
  readonly months: readonly Month[];
  readonly categories: readonly Figure[];
  readonly dip: Readonly<Record<string, Figure | string | null>> | null;
  readonly reporting: {
    readonly standing: string | null;
    readonly latest: string | null;
    readonly days: Amount | number;
    readonly usual_days: Amount | number;
    readonly by_day: readonly { readonly day: string; readonly visits: Amount }[];
  } | null;
  readonly refunds: { readonly orphans: number } | null;
  readonly alerts: readonly AlertRow[];
}

import type { AlertRow } from "../parts/alert-list.js";
import type { Outlook } from "./overview-data.js";
import type { ViewAnswer } from "./use-view.js";

export interface Contribution {
  readonly key: string | null;
  readonly name: string;
  readonly value: string;
  readonly previous: string;
  readonly difference: string;
}
export interface Contributions {
  readonly rows: readonly Contribution[];
  readonly rest: (Omit<Contribution, "key" | "name"> & { readonly count?: number }) | null;
  readonly total: Omit<Contribution, "key" | "name">;
}
export interface PaceDay {
  readonly day: string;
  readonly now: string | null;
  readonly last: string | null;
  readonly plan: string | null;
  readonly lead: string | null;
}

/** Spending of one fund's year by day, as the route gives it. */
export interface PaceData extends ViewAnswer {
  readonly fund: string;
  readonly name_zh?: string;
  readonly insurance?: string;
  readonly budget: string | null;
  readonly spent: string | null;
  readonly pace: string | null;
  readonly pace_amount: string | null;
  readonly pace_gap?: string | null;
  readonly lead: string | null;
  readonly days: readonly PaceDay[];
  readonly outlook: readonly {
    readonly day: string;
    readonly projected: string;
    readonly low: string;
    readonly high: string;
  }[];
  readonly outlook_row:
    | (Outlook & { readonly method_zh?: string | null; readonly years?: string | null })
    | null;
  readonly contributions: Readonly<Record<string, Contributions | null>>;
  /** The query behind each block. */
  readonly sql?: Readonly<Record<string, string>>;
  readonly alerts?: readonly AlertRow[];
}

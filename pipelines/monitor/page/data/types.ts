import type { Amount } from "../format/number.js";

/** Shapes of the API's answers that the page reads; the server's zod schemas are the authority. */
export interface Envelope {
  readonly version: string | null;
  readonly published_at: string | null;
  readonly watermark?: string | null;
  readonly completeness: string | null;
}

export type Tone = "plain" | "strong" | "watch" | "critical";
export interface FindingPart {
  readonly text: string;
  readonly tone: Tone;
}
export interface Finding {
  readonly zh: readonly FindingPart[];
  readonly en: readonly FindingPart[];
}

/** A published figure with the place it stands at. */
export interface Figure {
  readonly period: string;
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly facility_name?: string | null;
  readonly indicator: string;
  readonly value: Amount;
  readonly unit: string;
  readonly previous: Amount;
  readonly change: Amount;
  readonly change_pct: Amount;
  readonly reported?: Amount;
  readonly status?: "open" | "closed" | "restated" | null;
  readonly hidden?: boolean;
  readonly compared?: Amount;
  readonly compared_change?: Amount;
  readonly compared_change_pct?: Amount;
}
export type Figures = Readonly<Record<string, Figure>>;

export interface Session {
  readonly version: string | null;
  readonly role: "viewer" | "officer" | "detail";
  readonly name: string | null;
  readonly login: boolean;
  readonly jurisdiction: { readonly name: string; readonly admdvs: string; readonly level: string };
  readonly timezone: string;
  readonly stale_seconds: number;
  readonly small_cell: number;
  readonly may: { readonly acknowledge: boolean; readonly query: boolean; readonly settlements: boolean };
}

export interface Trust extends Envelope {
  readonly age_seconds: number | null;
  readonly stale: boolean;
  readonly complete: {
    readonly share: Amount;
    readonly reached: number | null;
    readonly expected: number | null;
    readonly lagging: readonly {
      readonly facility: string;
      readonly name: string | null;
      readonly latest: string | null;
      readonly days: number | null;
      readonly usual_days: Amount;
    }[];
  };
  readonly balance: {
    readonly received: number;
    readonly applied: number;
    readonly duplicate: number;
    readonly held: number;
    readonly quarantined: number;
    readonly balanced: boolean;
  };
  readonly quarantine: { readonly waiting: number; readonly oldest: string | null };
  readonly verified: {
    readonly at: string;
    readonly version: string | number;
    readonly figures: number;
    readonly differences: number;
  } | null;
  readonly alerts: {
    readonly open: number;
    readonly critical: number;
    readonly warning: number;
    readonly info: number;
  };
}

export interface Named {
  readonly value: string;
  readonly zh: string;
  readonly en: string;
}
export interface IndicatorInfo {
  readonly indicator: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly formula: string;
  readonly unit: string;
  readonly worry: "up" | "down" | "both" | "none";
  readonly family: string;
}
export interface PeriodInfo {
  readonly period: string;
  readonly kind: "day" | "month" | "quarter" | "half" | "year" | "ytd";
  readonly start: string;
  readonly end: string;
  readonly previous: string | null;
  readonly status: "open" | "closed";
  readonly complete: boolean | null;
  /** Share of the facilities that have reported to its end. */
  readonly completeness: string | null;
}
export interface TableInfo {
  readonly table: string;
  readonly comment: string | null;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly comment: string | null;
  }[];
}
export interface Catalogue extends Envelope {
  readonly groupings?: readonly { readonly grouping: string; readonly dimensions: readonly string[] }[];
  readonly indicators: readonly IndicatorInfo[];
  readonly dimensions: readonly {
    readonly dimension: string;
    readonly name_zh: string;
    readonly name_en: string;
    readonly values: readonly Named[];
  }[];
  readonly periods: readonly PeriodInfo[];
  readonly current: Readonly<Record<string, string | null>>;
  readonly insurances: readonly (Named | string)[];
  /** What nothing has come of so far. */
  readonly missing?: readonly string[];
  /** Facilities whose data have stopped: code, day of the latest settlement. */
  readonly lagging?: Readonly<Record<string, string>>;
  readonly tables: readonly TableInfo[];
}

export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code?: string;
  readonly action?: string;
}

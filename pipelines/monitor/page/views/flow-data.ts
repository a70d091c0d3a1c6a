import type { Figures } from "../data/types.js";
import type { Amount } from "../format/number.js";
import type { ViewAnswer } from "./use-view.js";

export interface RegionRow {
  readonly region: string;
  readonly figures: Figures;
}
export interface MatrixRow {
  readonly district: string;
  readonly name: string;
  readonly region: string | null;
  readonly cells: readonly { readonly period: string; readonly value: Amount; readonly previous: Amount }[];
  readonly total: Amount | { readonly value: Amount; readonly change_pct?: Amount };
}
export interface FacilityRow {
  readonly facility: string;
  readonly name: string;
  readonly district_name?: string | null;
  readonly figures: Figures;
}
export interface FlowData extends ViewAnswer {
  readonly regions: readonly RegionRow[];
  readonly flows: readonly { readonly flow: string; readonly figures: Figures }[];
  readonly months: readonly { readonly period: string; readonly region: string; readonly figures: Figures }[];
  readonly matrix: {
    readonly indicator: string;
    readonly columns: readonly string[];
    readonly rows: readonly MatrixRow[];
  };
  readonly facilities: readonly FacilityRow[];
}
export const NEAR_TO_FAR = ["county", "city", "province", "national"];

export const byDistance = <T extends { region: string }>(rows: readonly T[]): T[] =>
  [...rows].sort(
    (a, b) => ((NEAR_TO_FAR.indexOf(a.region) + 9) % 9) - ((NEAR_TO_FAR.indexOf(b.region) + 9) % 9),
  );

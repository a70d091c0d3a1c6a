/** The changes that a published figure has beside it: since last year, and since the period it is compared with. */
export interface Changes {
  readonly change?: string | null;
  readonly change_pct?: string | null;
  readonly compared_change?: string | null;
  readonly compared_change_pct?: string | null;
}

/** A change is in points where the figure is a share, else in per cent of what was. */
export const changesInPoints = (unit: string): boolean => unit === "fraction";

/** The one of them that is shown; none over a base of 0. */
export function shownChange(of: Changes | undefined, unit: string, since: "yoy" | "period"): string | null {
  const [change, relative] =
    since === "yoy" ? [of?.change, of?.change_pct] : [of?.compared_change, of?.compared_change_pct];
  return (changesInPoints(unit) ? change : relative) ?? null;
}

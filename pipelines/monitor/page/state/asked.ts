import { DIMENSIONS } from "../../../../schemas/dimensions.js";
import { isOneOf, quoteText } from "../../../../schemas/published/definition.js";
import type { Amount } from "../format/number.js";
import { store } from "./store.js";

/** Everything that names one published figure, and what is known of it here. */
export interface Asked {
  readonly indicator: string;
  readonly period: string;
  readonly insurance?: string;
  readonly grouping?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly value: Amount;
  readonly unit?: string;
  readonly previous?: Amount;
  readonly reported?: Amount;
  readonly status?: string | null;
  readonly facility_name?: string | null;
  /** Below the limit of small cells: not shown to this reader. */
  readonly hidden?: boolean;
}

/** The figure under the pointer or the focus, and the element that shows it. */
export const hovered = store<{ readonly asked: Asked; readonly node: HTMLElement } | null>(null);
export const groupingOf = (asked: Asked): string =>
  asked.grouping ?? (DIMENSIONS.filter((d) => asked.dimensions?.[d] !== undefined).join("+") || "total");

/** The column is one of the values, as SQL; none of none. */
export const among = (column: string, values: Iterable<string>): string =>
  isOneOf(column, [...new Set(values)]);

/** The query that returns the figure from the published file. */
export function sqlOf(asked: Asked): string {
  const where = [
    `period = ${quoteText(asked.period)}`,
    `insurance = ${quoteText(asked.insurance ?? "all")}`,
    `grouping = ${quoteText(groupingOf(asked))}`,
    ...Object.entries(asked.dimensions ?? {}).map(([d, v]) => `${d} = ${quoteText(v)}`),
    `indicator = ${quoteText(asked.indicator)}`,
  ];
  return `SELECT value, unit, previous, change, change_pct, reported, status\nFROM indicators\nWHERE ${where.join("\n  AND ")};`;
}

/** One query for all figures of a table or chart. */
export function sqlOfMany(list: readonly Asked[]): string {
  if (list.length === 0) return "FROM indicators LIMIT 0;";
  const values = (of: readonly Asked[], pick: (a: Asked) => string | undefined): string[] => [
    ...new Set(of.map(pick).filter((v): v is string => v !== undefined)),
  ];
  const dimensions = [...new Set(list.flatMap((a) => Object.keys(a.dimensions ?? {})))];
  // Each grouping has dimensions of its own: what one does not have is NULL there.
  const conditions = values(list, groupingOf).map((grouping) => {
    const of = list.filter((a) => groupingOf(a) === grouping);
    return [
      among(
        "period",
        values(of, (a) => a.period),
      ),
      among(
        "insurance",
        values(of, (a) => a.insurance ?? "all"),
      ),
      among("grouping", [grouping]),
      among(
        "indicator",
        values(of, (a) => a.indicator),
      ),
      ...dimensions.flatMap((d) => {
        const known = values(of, (a) => a.dimensions?.[d]);
        return known.length > 0 && known.length <= 12 ? [among(d, known)] : [];
      }),
    ].join("\n  AND ");
  });
  const where = conditions.length === 1 ? conditions[0] : conditions.map((c) => `(${c})`).join("\n  OR ");
  const columns = [
    "period",
    "insurance",
    ...dimensions,
    "indicator",
    "value",
    "unit",
    "previous",
    "change",
    "change_pct",
  ];
  return `SELECT ${columns.join(", ")}\nFROM indicators\nWHERE ${where}\nORDER BY ALL;`;
}

/** The figure's place in an address: `2024H1~avg_fee~resident~care:inpatient`. */
export const writeAsked = (a: Asked): string =>
  [
    a.period,
    a.indicator,
    a.insurance ?? "all",
    ...Object.entries(a.dimensions ?? {}).map(([d, v]) => `${d}:${v}`),
  ].join("~");

export function readAsked(text: string): Asked {
  const [period, indicator, insurance, ...rest] = text.split("~");
  const dimensions = Object.fromEntries(
    rest.map((r) => [r.slice(0, r.indexOf(":")), r.slice(r.indexOf(":") + 1)]),
  );
  return { period, indicator, insurance, dimensions, value: null };
}

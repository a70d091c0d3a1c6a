import { type QueryResult, textTable } from "../../connectors/duckdb/query.js";
import type { LimitedList } from "./explanation.js";

/** Settlements with fewer columns than the file has: names beside codes, places in one, kinds in words. */
function forPeople({ columns, numeric, rows }: QueryResult): QueryResult {
  const at = new Map(columns.map((name, i) => [name, i]));
  if (!at.has("source")) return { columns, numeric, rows };
  const value = (row: readonly unknown[], name: string): string => String(row[at.get(name) ?? -1] ?? "");
  const keep = columns.filter(
    (name, i) =>
      !["facility_name", "is_refund", "is_mid_stay", "source", "partition", "position"].includes(name) &&
      !(
        numeric[i] &&
        rows.every((row) => Number(row[i]) === 0) &&
        !/^(numerator|denominator|weight)$/.test(name)
      ),
  );
  const kind = (row: readonly unknown[]): string =>
    [
      value(row, "is_mid_stay") === "true" ? "mid-stay" : "",
      value(row, "is_refund") === "true" ? "refund" : "",
    ]
      .filter((t) => t !== "")
      .join(" ");
  return {
    columns: [...keep, "kind", "from"],
    numeric: [...keep.map((name) => numeric[at.get(name)!]!), false, false],
    rows: rows.map((row) => [
      ...keep.map((name) =>
        name === "facility"
          ? `${value(row, name)} ${value(row, "facility_name")}`.trim()
          : row[at.get(name)!],
      ),
      kind(row) || null,
      `${value(row, "source")} ${value(row, "partition")}:${value(row, "position")}`,
    ]),
  };
}

/** A list, columns that say nothing left out, and how much more there is. */
export function listText(
  list: LimitedList,
  leaveOut: ReadonlySet<string>,
  rename: Readonly<Record<string, string>> = {},
): string[] {
  const { count } = list;
  const shown = forPeople(list.shown);
  if (shown.rows.length === 0) return [];
  const keep = shown.columns.flatMap((name, i) =>
    leaveOut.has(name) || shown.rows.every((row) => row[i] === null) ? [] : [i],
  );
  const pick = <T>(row: readonly T[]): T[] => keep.map((i) => row[i]!);
  const table = textTable({
    columns: pick(shown.columns).map((name) => rename[name] ?? name),
    numeric: pick(shown.numeric),
    rows: shown.rows.map((row) => pick(row).map((v) => (v === null ? "" : v))),
  });
  const more = count - shown.rows.length;
  return [
    ...table.map((line) => `  ${line}`),
    ...(more > 0 ? [`  … ${more.toLocaleString("en")} more`] : []),
  ];
}

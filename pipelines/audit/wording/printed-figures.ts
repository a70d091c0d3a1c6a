import { Decimal } from "decimal.js";
import type { PrintedFigure } from "../arithmetic/printed-figure.js";
import { splitColumn } from "./columns.js";
import type { Meanings } from "./meaning.js";
import type { PrintedReport } from "./report.js";
import { ROW_COLUMNS, rowKind, rowLabel } from "./rows.js";
import { isFigureKey, splitKey } from "./vocabulary.js";
import { directed, plainNumber } from "./written-number.js";

const decimalsOf = (text: string): number => text.split(".")[1]?.length ?? 0;

/** Every figure of a report: cells of its tables, figures of its prose. */
export function printedFigures(report: PrintedReport, meanings: Meanings): PrintedFigure[] {
  const cells = report.tables.flatMap((table) => {
    const of = meanings.ofTable(table);
    return table.columns.flatMap(({ key, label, unit }) => {
      if (ROW_COLUMNS.includes(key)) return [];
      const cells = table.rows.map((r) => (typeof r[key] === "string" ? (r[key] as string) : null));
      const read = cells.map((c) => (c === null ? null : plainNumber(c, unit)));
      const numbers = read.filter((t) => t !== null);
      // A column with a unit holds figures, also where none of them can be read.
      if (numbers.length === 0 && !unit && !isFigureKey(key)) return [];
      const decimals = Math.max(0, ...numbers.map(decimalsOf));
      return table.rows.flatMap((row, i): PrintedFigure[] => {
        const cell = cells[i];
        if (cell === null) return [];
        const line = typeof row._line === "number" ? row._line : null;
        const number = read[i];
        const [text, printed] = number === null ? [cell.trim(), null] : [number, new Decimal(number)];
        const at = { id: table.id, row: rowLabel(table, row), rowIndex: i, line, kind: rowKind(table, row) };
        const meaning = of[i].get(key) ?? "no row";
        return [{ ...at, key, heading: label ?? key, text, printed, decimals, meaning }];
      });
    });
  });
  return [...cells, ...proseFigures(report, meanings)];
}

function proseFigures(report: PrintedReport, meanings: Meanings): PrintedFigure[] {
  const statements = report.statements ?? [];
  const usual = usualDecimals(report);
  return statements.flatMap((statement) => {
    const of = meanings.ofStatement(statement);
    return Object.entries(statement.values).flatMap(([key, given]): PrintedFigure[] => {
      if (typeof given !== "string") return [];
      const plain = plainNumber(given, null);
      const down = statement.directions?.[key] === "down";
      const number = plain !== null && down ? directed(plain, "down") : plain;
      const [text, printed] = number === null ? [given.trim(), null] : [number, new Decimal(number)];
      return [
        {
          ...{ id: statement.id, row: "", rowIndex: 0, line: null, kind: "statement", key, heading: key },
          ...{ text, printed, decimals: Math.max(decimalsOf(text), usual(key)), meaning: of.get(key) ?? "" },
          ...proseKey(key),
        },
      ];
    });
  });
}

/** In prose a place or a category stands before the stem of a key, where a table has it in the row. */
function proseKey(key: string): { part: string; column: string } {
  const { prefixes, stem, form, unit } = splitColumn(key);
  return { part: prefixes.join(" "), column: `${stem} ${form} ${unit}` };
}

/** Digits that figures of a kind usually have in the prose, since it drops zeros at the end. */
function usualDecimals(report: PrintedReport): (key: string) => number {
  const seen = new Map<string, Map<number, number>>();
  const kindOf = (key: string): string => {
    const { stem, form, unit } = splitKey(key, []);
    return unit === null ? `${stem.replace(/^(in_county|county_level|township)_/, "")}` : `${unit} ${form}`;
  };
  for (const { values } of report.statements ?? []) {
    for (const [key, text] of Object.entries(values)) {
      const number = typeof text === "string" ? plainNumber(text, null) : null;
      if (number === null) continue;
      const counts = seen.get(kindOf(key)) ?? new Map<number, number>();
      seen.set(kindOf(key), counts);
      const d = decimalsOf(number);
      counts.set(d, (counts.get(d) ?? 0) + 1);
    }
  }
  return (key) => {
    const counts = [...(seen.get(kindOf(key)) ?? [])].sort(([a, n], [b, m]) => m - n || b - a);
    return counts[0]?.[0] ?? 0;
  };
}

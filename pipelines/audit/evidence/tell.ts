import type { Grid } from "../document/grid.js";
import { bare, spotOf } from "../document/model.js";
import { cellNumber } from "../document/numbers.js";
import { moneyIn, unitIn } from "./columns.js";
import type { Told, ToldNumber } from "./told.js";
import type { Vocabulary } from "./vocabulary.js";

/** A table's row or column as a sentence; each of its numbers knows its cell. */
export interface ToldCells {
  readonly told: Told;
  readonly cells: readonly { readonly row: number; readonly column: number }[];
}

/** Tells the figures of each member of a table as a sentence: `跨省 人次 90，跨省 总费用 136.95万元，…`. */
export function tell(
  grid: Grid,
  title: string,
  heads: readonly string[],
  vocabulary: Vocabulary,
): ToldCells[] {
  const speaks = (label: string): boolean =>
    ["visits", "fee", "pool_paid", "benefit_paid", "reimb_rate", "persons"].some((i) =>
      [...vocabulary.labelsOf(i)].some((l) => label !== "" && (l === label || label.includes(l))),
    ) || /占比|比例|率$/.test(label);
  const byColumn = grid.rows.some((r) => speaks(r.label)) && !grid.heads.some(speaks) && grid.rows.length > 1;
  const cells = (row: number, column: number) => ({ row, column });
  const groups = byColumn
    ? grid.heads.map((_, j) => grid.rows.map((_, i) => cells(i, j)))
    : grid.rows.map((_, i) => grid.heads.map((_, j) => cells(i, j)));
  const aside = [...grid.rows.map((r) => r.label), ...grid.heads].join(" ");
  return groups.flatMap((group) => {
    let text = `${title}：`;
    const numbers: ToldNumber[] = [];
    const kept: { row: number; column: number }[] = [];
    for (const at of group) {
      const cell = grid.rows[at.row].cells[at.column];
      const n = cell && cellNumber(cell.text);
      if (!cell || !n) continue;
      const [label, head] = [grid.rows[at.row].label, grid.heads[at.column]];
      const said = byColumn ? `${lastOf(head)} ${label}` : `${label} ${head.replace("/", " ")}`;
      const left = said.replace(/[（(].*?[)）]/g, "");
      text += left;
      const start = text.length;
      const unit = n.unit ?? (/%/.test(cell.text) ? "%" : unitOfCell(byColumn ? label : head, title));
      text += `${n.digits}${unit ?? ""}，`;
      numbers.push({
        digits: n.digits,
        printed: n.printed,
        sign: n.sign,
        unit,
        start,
        end: text.length - 1,
        left: numbers.length === 0 ? `${title}：${left}` : `，${left}`,
        right: "",
        spot: spotOf(cell, n.start),
      });
      kept.push(at);
    }
    if (numbers.length === 0) return [];
    return [{ told: { text, numbers, heads: [...heads, title], before: "", aside }, cells: kept }];
  });
}

const lastOf = (head: string): string => head.split("/").at(-1) ?? head;

function unitOfCell(label: string, title: string): string | null {
  const words = bare(label);
  if (/[（(]/.test(words)) {
    const own = unitIn(words);
    if (own) return own;
  }
  if (/人头比/.test(words)) return null;
  if (/占比|比例|率|补偿比|比重|同比(?!增加|减少|增减)/.test(words)) return "%";
  if (/人次/.test(words) && !/次均|费/.test(words)) return "人次";
  if (/人数$/.test(words)) return "人";
  if (/床日|住院日|天数/.test(words)) return "天";
  if (/次均|均次/.test(words)) return "元";
  return moneyIn(title);
}

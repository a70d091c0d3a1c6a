import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Sheet } from "../data/sheet.js";
import { NONE } from "../format/number.js";
import { useText } from "../text/text.js";

/** One column: how a row is shown, and what of it leaves the page. */
export interface Column<R> {
  readonly key: string;
  readonly head: ComponentChildren;
  /** Head in plain words, for files and phones; the head itself where that is a text. */
  readonly label?: string;
  readonly numeric?: boolean;
  readonly cell: (row: R, index: number) => ComponentChildren;
  /** Published text of the cell; null where the column is a picture. */
  readonly raw?: (row: R) => string | number | null | undefined;
  /** Sorts by this when its head is pressed. */
  readonly sort?: (row: R) => number | string | null;
  readonly kind?: "name" | "bar" | "main" | "pair";
  readonly hideOnPhone?: boolean;
  readonly title?: string;
}

export interface TableProps<R> {
  readonly label: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly rowClass?: (row: R) => string | undefined;
  readonly className?: string;
  readonly stack?: boolean;
  readonly rowKey?: (row: R, index: number) => string | number;
  /** Rows that the server has put in order; a head that is pressed asks for another order. */
  readonly ordered?: { readonly by: Order | null; readonly onOrder: (by: Order) => void };
}

export interface Order {
  /** Key of a column. */
  readonly key: string;
  readonly up: boolean;
}

const labelOf = <R,>(c: Column<R>): string => c.label ?? (typeof c.head === "string" ? c.head : "");

/** The table as a sheet: published decimals, not their rounded print. */
export function sheetOf<R>(name: string, columns: readonly Column<R>[], rows: readonly R[]): Sheet {
  const out = columns.filter((c) => c.raw);
  return {
    name,
    head: out.map((c) => labelOf(c) || c.key),
    numeric: out.map((c) => c.numeric ?? false),
    rows: rows.map((row) => out.map((c) => String(c.raw?.(row) ?? ""))),
  };
}

function compare(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return typeof a === "number" && typeof b === "number" ? b - a : String(a).localeCompare(String(b), "zh");
}

/** Rows that are drawn at once: a thousand rows of figures would hold up every click. Files hold all of them. */
const MOST_DRAWN = 150;

/** Figures of a table are one stop of the Tab key; arrows move between them. */
function moveFocus(event: KeyboardEvent): void {
  const at = (event.target as Element).closest?.(".fig");
  if (!at || !event.key.startsWith("Arrow")) return;
  const table = at.closest("table") as HTMLElement;
  const rows = [...table.querySelectorAll("tr")]
    .map((r) => [...r.querySelectorAll<HTMLElement>(".fig")])
    .filter((r) => r.length);
  const row = rows.findIndex((r) => r.includes(at as HTMLElement));
  const column = rows[row].indexOf(at as HTMLElement);
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const target = step && rows[row + step[0]]?.[Math.min(column + step[1], rows[row + step[0]].length - 1)];
  if (!target) return;
  event.preventDefault();
  (at as HTMLElement).tabIndex = -1;
  target.tabIndex = 0;
  target.focus();
}

export function DataTable<R>({
  label,
  columns,
  rows,
  rowClass,
  className = "",
  stack = true,
  rowKey,
  ordered,
}: TableProps<R>) {
  const { t } = useText();
  const [own, setOwn] = useState<Order | null>(null);
  const order = ordered ? ordered.by : own;
  const setOrder = ordered?.onOrder ?? setOwn;
  const table = useRef<HTMLTableElement>(null);
  useLayoutEffect(() => {
    const figures = table.current?.querySelectorAll<HTMLElement>(".fig") ?? [];
    const inside = table.current?.contains(document.activeElement);
    figures.forEach((f, i) => {
      if (!inside) f.tabIndex = i === 0 ? 0 : -1;
      else if (f !== document.activeElement) f.tabIndex = -1;
    });
  });
  const by = order && !ordered && columns.find((c) => c.key === order.key)?.sort;
  const all = by ? [...rows].sort((a, b) => (order.up ? -1 : 1) * compare(by(a), by(b))) : rows;
  const [most, setMost] = useState(MOST_DRAWN);
  const shown = all.length > most ? all.slice(0, most) : all;
  const drawn = (
    <table class={`${stack ? "stack" : ""} ${className}`} ref={table} onKeyDown={moveFocus}>
      <caption class="sr">{label}</caption>
      <thead>
        <tr>
          {columns.map((c) => (
            <th
              key={c.key}
              scope="col"
              class={c.numeric ? "num" : undefined}
              title={c.title}
              aria-sort={order?.key === c.key ? (order.up ? "ascending" : "descending") : undefined}
            >
              {c.sort ? (
                <button
                  type="button"
                  onClick={() => setOrder({ key: c.key, up: order?.key === c.key ? !order.up : false })}
                >
                  {c.head}
                  {order?.key === c.key ? (order.up ? " ↑" : " ↓") : ""}
                </button>
              ) : c.head === "" ? (
                <span class="sr">{c.label ?? t("col.picture")}</span>
              ) : (
                c.head
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((row, index) => (
          <tr key={rowKey ? rowKey(row, index) : index} class={rowClass?.(row)}>
            {columns.map((c) => {
              const content = c.cell(row, index) ?? NONE;
              if (c.kind === "name")
                return (
                  <th key={c.key} scope="row">
                    {content}
                  </th>
                );
              const kinds = [
                c.numeric && "num",
                c.kind === "bar" && "bar-cell wide",
                c.kind === "main" && "main strong",
                c.kind === "pair" && "pair",
                c.hideOnPhone && "hide-s",
                c.raw && (c.raw(row) === null || c.raw(row) === undefined || c.raw(row) === "") && "none",
              ].filter(Boolean);
              return (
                <td
                  key={c.key}
                  class={kinds.join(" ") || undefined}
                  data-l={c.kind === "bar" ? undefined : labelOf(c) || undefined}
                >
                  {content}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
  return shown.length === all.length ? (
    drawn
  ) : (
    <>
      {drawn}
      <p class="aside row">
        {t("table.drawn", { n: shown.length, of: all.length })}
        <button type="button" class="button" onClick={() => setMost(most + MOST_DRAWN)}>
          {t("table.more")}
        </button>
      </p>
    </>
  );
}

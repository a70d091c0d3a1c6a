import { cellText } from "../../../../connectors/files/cell-text.js";
import { instantText } from "../format/date.js";
import { show } from "../format/number.js";
import { isKey, type Translate, useText } from "../text/text.js";
import { Panel } from "./panel.js";
import { type Column, DataTable, sheetOf } from "./table.js";

/** The words of a code; the code itself where a newer file has one that this page does not know. */
export function said(t: Translate, prefix: string, value: unknown): string {
  const key = `${prefix}.${String(value)}`;
  return isKey(key) ? t(key) : String(value ?? "—");
}

export type Row = Readonly<Record<string, unknown>>;

/** A column of a published table as it is shown: what of it, under which words. */
export interface RecordColumn {
  readonly key: string;
  readonly head: string;
  readonly as?: "count" | "time" | "wan" | "pct" | "one";
  readonly name?: boolean;
  readonly main?: boolean;
  readonly hideOnPhone?: boolean;
  readonly say?: (row: Row) => preact.ComponentChildren;
}

function recordColumns(list: readonly RecordColumn[]): Column<Row>[] {
  return list.map((c) => ({
    key: c.key,
    head: c.head,
    kind: c.name ? "name" : c.main ? "main" : undefined,
    numeric: c.as !== undefined && c.as !== "time",
    hideOnPhone: c.hideOnPhone,
    raw: (r) => cellText(r[c.key]),
    cell: (r) => {
      if (c.say) return c.say(r);
      const text = cellText(r[c.key]);
      if (c.as === "time") return text ? <span class="nowrap">{instantText(text)}</span> : "—";
      if (c.as) return show(text || null, c.as);
      return text || "—";
    },
  }));
}

/** Rows of a published table under the page's words; says so when there are none. */
export function Records({
  title,
  small,
  rows,
  of,
  columns,
  sql,
  none,
  span,
}: {
  title: string;
  small?: string;
  rows: readonly Row[];
  /** How many there are, where `rows` are the first of them alone: it is said. */
  of?: number;
  columns: readonly RecordColumn[];
  sql: string;
  none: string;
  span?: string;
}) {
  const { t, lang } = useText();
  const made = recordColumns(columns);
  return (
    <Panel
      title={title}
      small={[
        small ?? (rows.length > 0 ? t("records.count", { n: show(String(of ?? rows.length), "count") }) : ""),
        of !== undefined && of > rows.length && t("records.first", { n: rows.length }),
      ]
        .filter(Boolean)
        .join(lang === "zh" ? "，" : ", ")}
      span={span}
      className="long"
      sheet={() => sheetOf(title, made, rows)}
      sql={() => sql}
    >
      {rows.length === 0 ? (
        <p class="quiet">{none}</p>
      ) : (
        <div class="scroll">
          <DataTable label={title} columns={made} rows={rows} />
        </div>
      )}
    </Panel>
  );
}

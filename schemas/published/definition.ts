/** How tables and views of the published database are written down: name, columns, meaning in Chinese. */
export interface ColumnDef {
  readonly name: string;
  /** SQL type of a table's column; the expression of a view's column. */
  readonly sql: string;
  /** Meaning, formula, unit; in Chinese. */
  readonly comment: string;
}

export interface TableDef {
  readonly kind: "table";
  readonly schema: string;
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly ColumnDef[];
}

export interface ViewDef {
  readonly kind: "view";
  readonly schema: string;
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly ColumnDef[];
  /** Everything from FROM on. */
  readonly from: string;
  /** Text before SELECT: common table expressions. */
  readonly with?: string;
}

/** A table macro `name(parameter)` over a view. */
export interface MacroDef {
  readonly kind: "macro";
  readonly schema: string;
  readonly name: string;
  readonly comment: string;
  readonly parameter: string;
  readonly sql: string;
}

export type Definition = TableDef | ViewDef | MacroDef;

export const column = (name: string, sql: string, comment: string): ColumnDef => ({ name, sql, comment });

/** Tables that hold the data and are not meant for people; views stand on them. */
export const STORE = "store";
export const MAIN = "main";
export const REPORT = "报表";

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** `column` is one of the values; a single one lets DuckDB look where it stands. */
export const isOneOf = (column: string, values: readonly string[]): string =>
  values.length === 0
    ? "false"
    : values.length === 1
      ? `${column} = ${quoteText(values[0]!)}`
      : `${column} IN (${values.map(quoteText).join(", ")})`;

const path = (d: { schema: string; name: string }): string => `${quoteName(d.schema)}.${quoteName(d.name)}`;

/** The statements that make one definition, its comments included. */
export function ddl(definition: Definition): string[] {
  const at = path(definition);
  if (definition.kind === "macro") {
    return [
      `CREATE MACRO ${at}(${quoteName(definition.parameter)}) AS TABLE ${definition.sql}`,
      `COMMENT ON MACRO TABLE ${at} IS ${quoteText(definition.comment)}`,
    ];
  }
  const create =
    definition.kind === "table"
      ? `CREATE TABLE ${at} (${definition.columns.map((c) => `${quoteName(c.name)} ${c.sql}`).join(", ")})`
      : `CREATE VIEW ${at} AS ${definition.with ?? ""} SELECT ${definition.columns
          .map((c) => `${c.sql} AS ${quoteName(c.name)}`)
          .join(", ")} ${definition.from}`;
  return [
    create,
    `COMMENT ON ${definition.kind === "table" ? "TABLE" : "VIEW"} ${at} IS ${quoteText(definition.comment)}`,
    ...definition.columns.map(
      (c) => `COMMENT ON COLUMN ${at}.${quoteName(c.name)} IS ${quoteText(c.comment)}`,
    ),
  ];
}

import type { DuckDBConnection } from "@duckdb/node-api";
import { Decimal } from "decimal.js";
import { dayText, monthText, type ZoneCalendar } from "../../../aggregations/calendar.js";
import type { Config } from "../../../schemas/config/schema.js";
import { DIMENSIONS, SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { MEASURES } from "../../../schemas/measures.js";
import { isOneOf, quoteName, type TableDef } from "../../../schemas/published/definition.js";
import type { EpochMs } from "../../../schemas/units.js";
import type { Figure, Group, GroupSums, PersonCounts, PublishInput } from "../../ports/publisher.js";
import { type AppendColumn, appendBlocks, appendColumns } from "../append.js";

const ExactDecimal = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP });

/** Civil time in the jurisdiction's zone as DuckDB's TIMESTAMP text; null stays null. */
export function localTime(calendar: ZoneCalendar, instant: EpochMs | null): string | null {
  if (instant === null) return null;
  return new Date(instant + calendar.offsetMs(instant)).toISOString().replace("T", " ").replace("Z", "");
}

/** A text within a list or map that DuckDB reads from text. */
export const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** DuckDB's text of a map. */
export const mapText = (entries: Readonly<Record<string, string>>): string =>
  `{${Object.entries(entries)
    .map(([k, v]) => `${quoted(k)}=${quoted(v)}`)
    .join(", ")}}`;

/** A table, or its rows of the given periods, as it shall be; `columns` are texts in the table's column order. */
export interface Replacement {
  readonly table: TableDef;
  readonly columns: readonly (readonly (string | null)[])[];
  readonly periods?: readonly string[];
  /** The rows of these keys alone. */
  readonly keys?: { readonly column: string; readonly values: readonly string[] };
}

/**
 * Replaces tables; DuckDB casts the texts. In two calls, however many there are: between two calls the program
 * takes in a batch.
 */
export async function replaceTables(
  connection: DuckDBConnection,
  replacements: readonly Replacement[],
): Promise<void> {
  const staged = replacements
    .filter(({ columns }) => (columns[0]?.length ?? 0) > 0)
    .map(({ table, columns }, i) => ({ table, columns, name: `in_rows_${i}` }));
  if (staged.length > 0) {
    await connection.run(
      staged
        .map(({ table, name }) => {
          const columns = table.columns.map((c) => `${quoteName(c.name)} VARCHAR`);
          return `CREATE OR REPLACE TEMP TABLE ${name} (${columns.join(", ")})`;
        })
        .join(";\n"),
    );
  }
  for (const { name, columns } of staged)
    await appendColumns(connection, { catalog: "temp", table: name }, columns);
  const target = ({ schema, name }: TableDef): string => `${quoteName(schema)}.${quoteName(name)}`;
  const statements = [
    ...replacements.map(({ table, periods, keys }) => {
      const which = keys ?? (periods && { column: "period", values: ["", ...periods] });
      const where = which ? ` WHERE ${isOneOf(quoteName(which.column), which.values)}` : "";
      return `DELETE FROM ${target(table)}${where}`;
    }),
    ...staged.flatMap(({ table, name }) => {
      const columns = table.columns.map((c) =>
        c.sql === "VARCHAR" ? quoteName(c.name) : `CAST(${quoteName(c.name)} AS ${c.sql})`,
      );
      return [
        `INSERT INTO ${target(table)} SELECT ${columns.join(", ")} FROM ${name}`,
        `DROP TABLE temp.${name}`,
      ];
    }),
  ];
  if (statements.length > 0) await connection.run(statements.join(";\n"));
}

/** Texts of rows, column by column. */
export const columnsOf = <T extends object>(
  rows: readonly T[],
  fields: readonly ((row: T) => string | number | null | undefined)[],
): (string | null)[][] =>
  fields.map((field) =>
    rows.map((row) => {
      const value = field(row);
      return value === null || value === undefined ? null : String(value);
    }),
  );

/** Adds groups that are not there yet: a publish that is tried again brings some a second time. */
export async function addGroups(
  connection: DuckDBConnection,
  groups: readonly Group[],
  config: Config,
): Promise<void> {
  if (groups.length === 0) return;
  const persons = new Set(config.personGroupings);
  const dims = SETTLEMENT_DIMENSIONS.map((d) => `${d} VARCHAR`).join(", ");
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE in_grp (gid INTEGER, insurance VARCHAR, "grouping" VARCHAR, ${dims},
      has_persons INTEGER, short_days INTEGER)`,
  );
  await appendColumns(connection, { catalog: "temp", table: "in_grp" }, [
    Int32Array.from(groups, (g) => g.groupId),
    groups.map((g) => g.insurance),
    groups.map((g) => g.grouping),
    ...SETTLEMENT_DIMENSIONS.map((d) => groups.map((g) => g.dimensions[d] ?? null)),
    Int32Array.from(groups, (g) => (persons.has(g.grouping) ? 1 : 0)),
    Int32Array.from(groups, (g) => (g.dimensions.facility === undefined ? 0 : 1)),
  ]);
  await connection.run(
    "INSERT INTO store.grp SELECT * FROM in_grp ANTI JOIN store.grp g USING (gid) ORDER BY gid",
  );
  await connection.run("DROP TABLE temp.in_grp");
}

const repeat = (value: number, length: number): Int32Array => new Int32Array(length).fill(value);

/** Counts by row: 0 for a group that is not counted. */
function personsOf(groupIds: Int32Array, counted: PersonCounts | undefined): Float64Array {
  const found = new Float64Array(groupIds.length);
  if (counted === undefined) return found;
  const byGroupId = new Float64Array(groupIds.reduce((most, groupId) => Math.max(most, groupId), 0) + 1);
  for (let i = 0; i < counted.groupIds.length; i++) byGroupId[counted.groupIds[i]] = counted.counts[i];
  for (let i = 0; i < groupIds.length; i++) found[i] = byGroupId[groupIds[i]];
  return found;
}

/**
 * Stages month sums, day sums and person counts as temporary tables `in_period` (pid, period),
 * `in_sum` (pid, gid, measures, persons) and `in_persons` (pid, gid, persons). Sums travel as DOUBLE, in which
 * whole numbers below 2^53 are exact, and are BIGINT from the first SQL on.
 */
export async function stageSums(
  connection: DuckDBConnection,
  input: PublishInput,
  given: ReadonlySet<string>,
): Promise<void> {
  const measures = MEASURES.map((m) => `${m.name} DOUBLE`).join(", ");
  await connection.run(`CREATE OR REPLACE TEMP TABLE in_period (pid INTEGER, period VARCHAR);
    CREATE OR REPLACE TEMP TABLE in_sum (pid INTEGER, gid INTEGER, ${measures}, settlements DOUBLE, persons DOUBLE);
    CREATE OR REPLACE TEMP TABLE in_persons_period (pid INTEGER, period VARCHAR);
    CREATE OR REPLACE TEMP TABLE in_persons (pid INTEGER, gid INTEGER, persons DOUBLE)`);
  const spans: { period: string; data: GroupSums }[] = [
    ...input.months.map((m) => ({ period: monthText(m.month), data: m.data })),
    ...input.days.map((d) => ({ period: dayText(d.day), data: d.data })),
    ...(input.addedUp ?? []).flatMap(({ periods, data }) => periods.map((period) => ({ period, data }))),
  ].sort((a, b) => (a.period < b.period ? -1 : 1));
  const counts = new Map(input.persons.map((p) => [p.period, p]));
  const put = (table: string, columns: readonly AppendColumn[]): Promise<void> =>
    appendColumns(connection, { catalog: "temp", table }, columns);
  const blocks = (table: string, list: readonly (readonly AppendColumn[])[]): Promise<void> =>
    appendBlocks(connection, { catalog: "temp", table }, list);
  await put("in_period", [Int32Array.from(spans, (_, i) => i), spans.map((s) => s.period)]);
  await blocks(
    "in_sum",
    spans.map(({ period, data }, pid) => [
      repeat(pid, data.groupIds.length),
      data.groupIds,
      ...data.sums,
      data.settlements,
      personsOf(data.groupIds, counts.get(period)),
    ]),
  );
  const persons = input.persons.filter((p) => !given.has(p.period));
  await put("in_persons_period", [Int32Array.from(persons, (_, i) => i), persons.map((p) => p.period)]);
  await blocks(
    "in_persons",
    persons.map((p, pid) => [repeat(pid, p.groupIds.length), p.groupIds, p.counts]),
  );
}

/** What DECIMAL(24, 6) does not hold any more. */
const LARGEST = new ExactDecimal(10).pow(18);

const six = (value: Decimal | null): string | null =>
  value === null ? null : value.toDecimalPlaces(6, Decimal.ROUND_HALF_UP).toFixed(6);

/** Texts of figures in the column order of store.figure; values rounded half up to the sixth place. */
export function figureColumns(figures: readonly Figure[]): (string | null)[][] {
  const decimal = (text: string | null): Decimal | null => (text === null ? null : new ExactDecimal(text));
  const change = (f: Figure): string | null => {
    const [now, before] = [decimal(f.value), decimal(f.previous)];
    const growth =
      f.change_pct !== undefined
        ? decimal(f.change_pct)
        : now === null || before === null || before.isZero()
          ? null
          : now.minus(before).div(before);
    // From next to nothing to very much: no column holds it, and nobody could read it.
    return growth?.abs().gte(LARGEST) ? null : six(growth);
  };
  return columnsOf(figures, [
    (f) => f.period,
    (f) => f.insurance,
    (f) => f.grouping,
    ...DIMENSIONS.map((d) => (f: Figure) => f.dimensions[d] ?? null),
    (f) => (f.other === null ? null : mapText(f.other)),
    (f) => f.indicator,
    (f) => f.unit,
    (f) => six(decimal(f.value)),
    (f) => six(decimal(f.previous)),
    change,
    (f) => String(f.reported !== undefined),
    (f) => six(decimal(f.reported ?? null)),
  ]);
}

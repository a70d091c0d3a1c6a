import type { DuckDBConnection } from "@duckdb/node-api";
import { dayText, monthStart, type ZoneCalendar } from "../../../aggregations/calendar.js";
import type { RecordChange, SettlementChange } from "../../../aggregations/closing/change.js";
import { SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { SHARE_MEASURES } from "../../../schemas/indicators.js";
import { MEASURES } from "../../../schemas/measures.js";
import type { ClosedPeriod, GroupedChange, PublishInput } from "../../ports/publisher.js";
import { type AppendColumn, appendColumns } from "../append.js";
import { localTime } from "./stage.js";

const measures = MEASURES.map((m) => m.name);

/** Rows of a temporary table `in_closed`, column by column; `sql` takes them to where they belong. */
async function stage(
  connection: DuckDBConnection,
  columns: readonly (readonly [name: string, type: string, values: AppendColumn])[],
  sql: readonly string[],
): Promise<void> {
  const ddl = columns.map(([name, type]) => `"${name}" ${type}`).join(", ");
  await connection.run(`CREATE OR REPLACE TEMP TABLE in_closed (${ddl})`);
  await appendColumns(
    connection,
    { catalog: "temp", table: "in_closed" },
    columns.map(([, , values]) => values),
  );
  for (const statement of sql) await connection.run(statement);
  await connection.run("DROP TABLE temp.in_closed");
}

/**
 * Adds the periods that were closed and what changed in closed ones since the last publish. A publish that
 * is tried again brings some a second time: those are there already. Runs inside the caller's transaction,
 * after the groups.
 */
export async function loadClosed(
  connection: DuckDBConnection,
  input: PublishInput,
  version: number,
  calendar: ZoneCalendar,
): Promise<void> {
  for (const closed of input.closed ?? []) await loadPeriod(connection, closed, version, calendar);
  const changes = input.changes ?? [];
  const settlements = changes.filter((c) => c.change.kind === "settlement");
  if (settlements.length > 0) await loadSettlements(connection, settlements, calendar);
  const records = changes.flatMap(({ change }) => (change.kind === "record" ? [change] : []));
  if (records.length > 0) await loadRecords(connection, records, calendar);
}

async function loadPeriod(
  connection: DuckDBConnection,
  closed: ClosedPeriod,
  version: number,
  calendar: ZoneCalendar,
): Promise<void> {
  const { period } = closed;
  const there = await connection.runAndReadAll("SELECT 1 FROM store.closed WHERE period = $period", {
    period,
  });
  if (there.currentRowCount > 0) return;
  await connection.run(
    "INSERT INTO store.closed SELECT $period, $at::TIMESTAMP, $version::BIGINT, $sequence::BIGINT, $forced::BOOLEAN, $problems, $figures::BIGINT",
    {
      period,
      at: localTime(calendar, closed.closedAt),
      version: String(closed.version ?? version),
      sequence: String(closed.sequence),
      forced: String(closed.forced),
      problems: closed.problems,
      figures: String(closed.figures),
    } as never,
  );
  const counted = new Set(closed.personGroupings);
  await stage(
    connection,
    [
      ["grouping", "VARCHAR", [...closed.groupings]],
      ["persons", "VARCHAR", closed.groupings.map((g) => String(counted.has(g)))],
    ],
    [`INSERT INTO store.closed_scope SELECT '${period}', "grouping", persons::BOOLEAN FROM in_closed`],
  );
  const { sums, persons } = closed.load();
  await stage(
    connection,
    [
      ["gid", "INTEGER", closed.groupIds],
      ...measures.map((name, m) => [name, "DOUBLE", sums[m]] as const),
      ["persons", "VARCHAR", Array.from(persons, (n) => (Number.isNaN(n) ? null : String(n)))],
    ],
    [frozenFacts(period)],
  );
}

/** A frozen row's wholes, of which its shares are parts: those of its insurance, its care, its category. */
const WHOLES = ["total", "care", "category"]
  .flatMap((level) => SHARE_MEASURES.map((m) => `whole_${level}.${m} AS ${level}_${m}`))
  .join(", ");
/** Joins them to rows `row` from `wholes`: frozen rows with `insurance`, `grouping`, `care`, `category`. */
const joinWholes = (row: string, wholes: string, same: string): string =>
  `LEFT JOIN ${wholes} whole_total ON whole_total."grouping" = 'total' AND ${same.replaceAll("?", "whole_total")}
    LEFT JOIN ${wholes} whole_care ON whole_care."grouping" = 'care' AND ${same.replaceAll("?", "whole_care")}
      AND whole_care.care = ${row}.care
    LEFT JOIN ${wholes} whole_category ON whole_category."grouping" = 'care+category'
      AND ${same.replaceAll("?", "whole_category")}
      AND whole_category.care = ${row}.care AND whole_category.category = ${row}.category`;

const frozenFacts = (period: string): string => `INSERT INTO store.closed_fact
  WITH r AS (SELECT i.gid, ${measures.map((m) => `i.${m}::BIGINT AS ${m}`).join(", ")},
      i.persons::BIGINT AS persons, g.insurance, g."grouping", g.care, g.category
    FROM in_closed i JOIN store.grp g USING (gid))
  SELECT '${period}', r."grouping", r.gid, ${measures.map((m) => `r.${m}`).join(", ")}, r.persons, ${WHOLES}
  FROM r ${joinWholes("r", "r", "?.insurance = r.insurance")}
  ORDER BY r."grouping", r.gid`;

/** What tells the rows of `store.cause` apart; every other column but `id` and `changed_at` is summed. */
const CAUSE_KEY = [
  "since",
  "month",
  "stream",
  "cause",
  "insurance",
  ...SETTLEMENT_DIMENSIONS,
  "gids",
] as const;
const causeSums = ["settlements", ...measures].map((m) => `sum(${m})::BIGINT AS ${m}`).join(", ");
const CAUSE_COLUMNS = `id, since, changed_at, month, stream, cause, settlements, insurance,
  ${SETTLEMENT_DIMENSIONS.join(", ")}, ${measures.join(", ")}, gids`;

/**
 * Adds changes up by what they changed and why, so that nobody can tell a bill by them. How far a close reaches back is
 * kept as the last one before: a change came after a close where `since` is not before it.
 */
async function loadSettlements(
  connection: DuckDBConnection,
  grouped: readonly GroupedChange[],
  calendar: ZoneCalendar,
): Promise<void> {
  const changes = grouped.map((g) => g.change as SettlementChange);
  const texts = (of: (c: SettlementChange) => string | null): (string | null)[] => changes.map(of);
  await stage(
    connection,
    [
      ["id", "DOUBLE", Float64Array.from(changes, (c) => c.id)],
      ["sequence", "DOUBLE", Float64Array.from(changes, (c) => c.sequence)],
      ["changed_at", "VARCHAR", texts((c) => localTime(calendar, c.at))],
      ["month", "VARCHAR", texts((c) => dayText(monthStart(c.month)))],
      ["stream", "VARCHAR", texts((c) => c.stream)],
      ["cause", "VARCHAR", texts((c) => c.cause)],
      ["settlements", "DOUBLE", Float64Array.from(changes, (c) => c.settlements)],
      ["insurance", "VARCHAR", texts((c) => c.tuple.insurance)],
      ...SETTLEMENT_DIMENSIONS.map((d) => [d, "VARCHAR", texts((c) => c.tuple.values[d])] as const),
      ...measures.map((name, m) => [name, "DOUBLE", Float64Array.from(changes, (c) => c.sums[m])] as const),
      ["gids", "VARCHAR", grouped.map((g) => [...g.groupIds].sort((a, b) => a - b).join(","))],
    ],
    [
      `CREATE OR REPLACE TEMP TABLE came AS SELECT id::BIGINT AS id,
        (SELECT max(k.sequence) FROM store.closed k WHERE k.sequence < c.sequence::BIGINT) AS since,
        changed_at::TIMESTAMP AS changed_at, month::DATE AS month, stream, cause, settlements::BIGINT AS settlements,
        insurance, ${SETTLEMENT_DIMENSIONS.join(", ")}, ${measures.map((m) => `${m}::BIGINT AS ${m}`).join(", ")},
        string_split(nullif(gids, ''), ',')::INTEGER[] AS gids
      FROM in_closed c WHERE ${isNew("c")}`,
      `CREATE OR REPLACE TEMP TABLE caused AS
        SELECT min(id) AS id, since, max(changed_at) AS changed_at, month, stream, cause, ${causeSums}, insurance,
          ${SETTLEMENT_DIMENSIONS.join(", ")}, gids
        FROM (SELECT ${CAUSE_COLUMNS} FROM came
          UNION ALL SELECT ${CAUSE_COLUMNS} FROM store.cause c WHERE EXISTS (FROM came n
            WHERE ${CAUSE_KEY.map((k) => `n.${k} IS NOT DISTINCT FROM c.${k}`).join(" AND ")}))
        GROUP BY ${CAUSE_KEY.join(", ")}`,
      "DELETE FROM store.cause WHERE id IN (SELECT id FROM caused)",
      `INSERT INTO store.cause SELECT ${CAUSE_COLUMNS} FROM caused ORDER BY id`,
      "DROP TABLE temp.came",
      "DROP TABLE temp.caused",
    ],
  );
}

/** A change of a commit that the file does not hold yet: a publish that is tried again brings some a second time. */
const isNew = (of: string): string =>
  `${of}.sequence::BIGINT > coalesce((SELECT max(m.sequence) FROM store.meta m), -1)`;

async function loadRecords(
  connection: DuckDBConnection,
  records: readonly RecordChange[],
  calendar: ZoneCalendar,
): Promise<void> {
  const texts = (of: (c: RecordChange) => string | null | undefined): (string | null)[] =>
    records.map((r) => of(r) ?? null);
  const dims = ["district", "facility", "fund", "subject", "person_group", "sex"] as const;
  await stage(
    connection,
    [
      ["id", "DOUBLE", Float64Array.from(records, (c) => c.id)],
      ["sequence", "DOUBLE", Float64Array.from(records, (c) => c.sequence)],
      ["changed_at", "VARCHAR", texts((c) => localTime(calendar, c.at))],
      ["stream", "VARCHAR", texts((c) => c.stream)],
      ["key", "VARCHAR", texts((c) => c.key)],
      ["cause", "VARCHAR", texts((c) => c.cause)],
      ["from_day", "VARCHAR", texts((c) => c.affected.from)],
      ["to_day", "VARCHAR", texts((c) => c.affected.to)],
      ["insurance", "VARCHAR", texts((c) => c.affected.insurance)],
      ...dims.map((d) => [d, "VARCHAR", texts((c) => c.affected.dimensions[d])] as const),
      ["indicator", "VARCHAR", texts((c) => c.affected.indicator)],
    ],
    [
      `INSERT INTO store.cause_record SELECT id::BIGINT, sequence::BIGINT, changed_at::TIMESTAMP, stream, key, cause,
        from_day::DATE, to_day::DATE, insurance, ${dims.join(", ")}, indicator
      FROM in_closed c WHERE ${isNew("c")}`,
    ],
  );
}

/**
 * Gives every group that a closed one of these periods was reported with a row, also when nothing is left
 * of it: zeros. And the other way round: a group without data at close, which has a row now, was reported
 * as 0, also as a share of what there was. Runs after the facts of the periods were made.
 */
export async function keepReportedRows(
  connection: DuckDBConnection,
  periods: readonly string[],
): Promise<void> {
  if (periods.length === 0) return;
  const list = periods.map((p) => `'${p}'`).join(", ");
  await connection.run(`INSERT INTO store.fact
    SELECT c.period, c."grouping", c.gid, false, ${measures.map(() => "0").join(", ")}, 0,
      CASE WHEN g.has_persons THEN 0 END, e.period_end
    FROM store.closed_fact c JOIN store.grp g ON g.gid = c.gid LEFT JOIN store.period e ON e.period = c.period
      ANTI JOIN (SELECT period, gid FROM store.fact WHERE period IN (${list})) f
        ON f.period = c.period AND f.gid = c.gid
    WHERE c.period IN (${list})
    ORDER BY c.period, c."grouping", c.gid;
    ${reportedAsNothing(list)}`);
}

/**
 * Rows of zeros of groups that had nothing at close and have facts now.
 * @param list periods as a list of SQL, null for all of them
 * @param closed catalog of the frozen rows and groups; @param facts that of the facts
 */
export const reportedAsNothing = (
  list: string | null,
  closed: string | null = null,
  facts: string | null = null,
): string => {
  const at = (catalog: string | null, name: string): string =>
    `${catalog === null ? "" : `${catalog}.`}store.${name}`;
  const within = list === null ? "true" : `period IN (${list})`;
  return `INSERT INTO ${at(closed, "closed_fact")}
  WITH frozen AS (
    SELECT c.period, c."grouping", g.insurance, g.care, g.category, ${SHARE_MEASURES.map((m) => `c.${m}`).join(", ")}
    FROM ${at(closed, "closed_fact")} c JOIN ${at(closed, "grp")} g ON g.gid = c.gid
    WHERE ${within} AND c."grouping" IN ('total', 'care', 'care+category'))
  SELECT f.period, f."grouping", f.gid, ${measures.map(() => "0").join(", ")},
    CASE WHEN k.persons AND g.has_persons THEN 0 END, ${WHOLES}
  FROM ${at(closed, "closed_scope")} k
    JOIN (SELECT period, "grouping", gid FROM ${at(facts, "fact")} WHERE ${within}) f
      ON f.period = k.period AND f."grouping" = k."grouping"
    JOIN ${at(closed, "grp")} g ON g.gid = f.gid
    ANTI JOIN (SELECT period, gid FROM ${at(closed, "closed_fact")} WHERE ${within}) c
      ON c.period = f.period AND c.gid = f.gid
    ${joinWholes("g", "frozen", "?.period = f.period AND ?.insurance = g.insurance")}
  ORDER BY f.period, f."grouping", f.gid`;
};

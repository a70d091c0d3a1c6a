import type { DuckDBConnection } from "@duckdb/node-api";
import { dayText, type ZoneCalendar } from "../../../aggregations/calendar.js";
import { PLAIN_TABLES } from "../../../schemas/published/reference.js";
import { STORE_TABLES } from "../../../schemas/published/store.js";
import { KEYED_TABLES, type KeyedTable, type PublishInput } from "../../ports/publisher.js";
import { INDICATOR_ROWS, INDICATOR_TABLE, SHAPE_ROWS, SHAPE_TABLE } from "../views/indicators.js";
import { completenessTables } from "./completeness.js";
import { givenPeriod, type PeriodRow } from "./periods.js";
import { columnsOf, figureColumns, localTime, type Replacement, replaceTables } from "./stage.js";

const plain = (name: string) => PLAIN_TABLES.find((t) => t.name === name)!;
const store = (name: string) => STORE_TABLES.find((t) => t.name === name)!;

const ENROLLED = `DELETE FROM store.enrolled;
  INSERT INTO store.enrolled
  WITH e AS (
    SELECT period, insurance, district, person_group, value::BIGINT AS persons, previous::BIGINT AS p_persons,
      reported::BIGINT AS r_persons
    FROM store.figure WHERE indicator = 'enrolled'
      AND "grouping" IN ('total', 'district', 'person_group', 'district+person_group'))
  SELECT * FROM e
  UNION ALL
  -- The whole of all insurances is employee + resident, never maternity: the same people.
  SELECT period, 'all', district, person_group, sum(persons)::BIGINT, sum(p_persons)::BIGINT,
    sum(r_persons)::BIGINT
  FROM e WHERE insurance IN ('employee', 'resident')
    AND NOT EXISTS (FROM e a WHERE a.insurance = 'all' AND a.period = e.period
      AND a.district IS NOT DISTINCT FROM e.district AND a.person_group IS NOT DISTINCT FROM e.person_group)
  GROUP BY period, district, person_group HAVING count(DISTINCT insurance) = 2`;

const FACILITY_NAME = `DELETE FROM store.facility_name;
  INSERT INTO store.facility_name
  SELECT facility, name, admdvs, kind, display_order FROM dim_facility
  QUALIFY row_number() OVER (PARTITION BY facility ORDER BY valid_from DESC NULLS LAST, valid_to DESC NULLS FIRST) = 1`;

const CATEGORY_ORDER = `DELETE FROM store.category_order;
  INSERT INTO store.category_order
  SELECT i.insurance, c.category,
    CASE WHEN bool_or(c.insurance = i.insurance) THEN min(c.parent) FILTER (c.insurance = i.insurance)
      ELSE min(c.parent) FILTER (c.insurance IS NULL) END,
    coalesce(min(c.display_order) FILTER (c.insurance = i.insurance),
      min(c.display_order) FILTER (c.origin = 'configured' AND c.insurance IS NULL),
      min(c.display_order) FILTER (c.origin = 'configured'), min(c.display_order))
  FROM dim_category c, (SELECT insurance FROM store.grp WHERE insurance <> 'all'
    UNION SELECT insurance FROM (VALUES ('employee'), ('resident'), ('maternity')) u(insurance)) i
  GROUP BY i.insurance, c.category`;

/** Replaces the tables that the input gives as a whole. Runs inside the caller's transaction. */
export async function loadTables(
  connection: DuckDBConnection,
  input: PublishInput,
  calendar: ZoneCalendar,
): Promise<void> {
  const byName = <T extends object>(
    name: string,
    rows: readonly T[] | undefined,
    special: Partial<Record<string, (row: T) => string | number | null>> = {},
    keyed?: KeyedTable,
  ): Replacement[] => {
    if (rows === undefined) return [];
    const table = plain(name);
    const values = keyed && input.changedKeys?.[keyed];
    const pick = (column: string) => (row: T) =>
      (row as Record<string, string | number | null>)[column] ?? null;
    return [
      {
        table,
        columns: columnsOf(
          rows,
          table.columns.map((c) => special[c.name] ?? pick(c.name)),
        ),
        ...(values && { keys: { column: KEYED_TABLES[keyed], values } }),
      },
    ];
  };
  const { figures, figurePeriods } = input;
  await replaceTables(connection, [
    ...byName("dim_facility", input.facilities),
    ...byName("dim_category", input.categories),
    ...byName("dim_division", input.divisions),
    ...byName("quality_balance", input.balance),
    ...byName(
      "quality_quarantine",
      input.quarantine,
      { first_seen: (q) => localTime(calendar, q.first_seen) },
      "quarantine",
    ),
    ...byName("quality_warning", input.warnings, {}, "warnings"),
    ...byName(
      "quality_orphan_refund",
      input.orphanRefunds,
      { setl_time: (r) => localTime(calendar, r.setl_time) },
      "orphanRefunds",
    ),
    ...byName("quality_unmapped", input.unmapped),
    ...byName("quality_gap", input.gaps, {
      accepted_at: (g) => localTime(calendar, g.accepted_at),
      dismissed_at: (g) => localTime(calendar, g.dismissed_at),
    }),
    ...completenessTables(input, calendar),
    ...(figures ? [{ table: store("figure"), columns: figureColumns(figures), periods: figurePeriods }] : []),
    ...(input.full
      ? [
          { table: INDICATOR_TABLE, columns: inOrder(INDICATOR_ROWS) },
          { table: SHAPE_TABLE, columns: inOrder(SHAPE_ROWS) },
        ]
      : []),
  ]);
  const derived = [
    ...(figures ? [ENROLLED] : []),
    ...(input.facilities ? [FACILITY_NAME] : []),
    ...(input.categories ? [CATEGORY_ORDER] : []),
  ];
  if (derived.length > 0) await connection.run(derived.join(";\n"));
}

/** Columns of rows that stand in the order of their table's. */
const inOrder = (rows: readonly (readonly (string | number)[])[]): (string | null)[][] =>
  columnsOf(
    rows,
    (rows[0] ?? []).map((_, i) => (row: (typeof rows)[number]) => row[i] ?? null),
  );

/** Writes the period table: those of settlements and those that only given figures stand for. */
export async function loadPeriods(
  connection: DuckDBConnection,
  periods: ReadonlyMap<string, PeriodRow>,
): Promise<void> {
  const extra = await connection.runAndReadAll(
    "SELECT period FROM store.figure UNION SELECT period FROM store.closed",
  );
  const rows = [...periods.values()];
  for (const [id] of extra.getRows() as [string][]) {
    const given = periods.has(id) ? null : givenPeriod(id);
    if (given) rows.push(given);
  }
  const columns = columnsOf(rows, [
    (p) => p.id,
    (p) => p.kind,
    (p) => dayText(p.startDay),
    (p) => dayText(p.endDay),
    (p) => p.previous,
    (p) => String(p.previousKnown),
    (p) => String(p.shown),
    (p) => String(p.shortShown),
  ]);
  await replaceTables(connection, [{ table: store("period"), columns }]);
}

/** Share of the facilities with a habit that do not lag, cut off to six places. */
const COMPLETENESS = `(SELECT CASE WHEN count(*) > 0 THEN
    (((count(*) FILTER (standing = 'current')) * 1000000 // count(*))::DECIMAL(18, 0) * 0.000001) END
  FROM store.facility_arrival WHERE standing IN ('current', 'lagging'))::DECIMAL(18, 6)`;

/** Writes the one row of `snapshot`. */
export async function loadSnapshot(
  connection: DuckDBConnection,
  input: PublishInput,
  version: number,
  calendar: ZoneCalendar,
): Promise<void> {
  const day = (value: number | null): string | null => (value === null ? null : dayText(value));
  await connection.run("DELETE FROM snapshot");
  await connection.run(
    `INSERT INTO snapshot SELECT $version::BIGINT, $published::TIMESTAMP, $watermark::TIMESTAMP,
      ${COMPLETENESS},
      (SELECT CASE WHEN sum(received) > 0 THEN
        (((sum(received) - sum(quarantined)) * 1000000 // sum(received))::DECIMAL(18, 0) * 0.000001) END
       FROM quality_balance)::DECIMAL(18, 6),
      $first::DATE, $last::DATE, $positions::JSON::STRUCT("source" VARCHAR, "partition" VARCHAR, "next" BIGINT)[],
      $verified::TIMESTAMP, $verified_version::BIGINT, $verified_sequence::BIGINT, $verified_figures::BIGINT,
      $verified_differences::BIGINT, $verified_hash::VARCHAR, $program::VARCHAR, $state_id::VARCHAR,
      $history::JSON::STRUCT("at" TIMESTAMP, "program" VARCHAR, "kind" VARCHAR, "detail" VARCHAR)[]`,
    {
      version: String(version),
      published: localTime(calendar, input.publishedAt),
      watermark: localTime(calendar, input.watermark),
      first: day(input.firstDataDay),
      last: day(input.lastDataDay),
      positions: JSON.stringify(input.inputPositions),
      verified: localTime(calendar, input.verified?.at ?? null),
      verified_version: input.verified?.version.toString() ?? null,
      verified_sequence: input.verified?.sequence.toString() ?? null,
      verified_figures: input.verified?.figures.toString() ?? null,
      verified_differences: input.verified?.differences.toString() ?? null,
      verified_hash: input.verified?.hash ?? null,
      program: input.origin?.program ?? null,
      state_id: input.origin?.stateId ?? null,
      history: JSON.stringify(
        (input.origin?.history ?? []).map((row) => ({ ...row, at: localTime(calendar, row.at) })),
      ),
    } as never,
  );
}

import type { DuckDBConnection } from "@duckdb/node-api";
import { ZoneCalendar } from "../../../aggregations/calendar.js";
import { type DetailStream, SETTLEMENT } from "../../../schemas/detail/tables.js";
import { STREAMS } from "../../../schemas/input/streams.js";
import type { MonthNumber } from "../../../schemas/units.js";
import type { StateSnapshot } from "../../state/read-snapshot.js";
import { appendColumns } from "../append.js";
import { loadChanges } from "./changes.js";
import { detailRecords } from "./records.js";
import { keptRows } from "./sql.js";
import { loadReference } from "./stage.js";
import type { DetailReference, StagedSettlements } from "./staged.js";

/** What of the state goes into a detail file. */
export interface DetailFill {
  readonly reference: DetailReference;
  readonly stage: StagedSettlements;
  /** Whose settlements are written; all where it is left out. */
  readonly months?: readonly MonthNumber[];
  readonly streams: readonly DetailStream[];
  /** Whose changes since a close are written; all where it is left out. */
  readonly changesOf?: readonly MonthNumber[];
  /** Settlements of one statement. */
  readonly batch: number;
  /** Before the first of them is written. */
  readonly begun?: () => Promise<void>;
  /** Before what is staged is written: `person` has to name the persons in it. */
  readonly staged?: () => Promise<void>;
}

/** Writes settlements and records to the detail file in use; returns how many settlements it holds then. */
export async function fillDetail(
  connection: DuckDBConnection,
  snapshot: StateSnapshot,
  { reference, stage, months, streams, changesOf, batch, begun, staged }: DetailFill,
): Promise<number> {
  await loadReference(connection, reference);
  await stage.begin();
  await loadPlaces(connection, stage);
  await begun?.();
  const held = stage.months();
  const wanted = months === undefined ? held : months.filter((month) => held.includes(month));
  for (let next = 0; next < wanted.length; ) {
    const found = await stage.stage(wanted.slice(next), batch);
    next += found.months;
    if (found.rows === 0) continue;
    await staged?.();
    await insertSettlements(connection, stage.moving);
  }
  await connection.run("CREATE OR REPLACE TEMP TABLE kept AS SELECT 1");
  const calendar = new ZoneCalendar(reference.config.timezone);
  for (const stream of streams) await detailRecords(connection, stream, STREAMS[stream], snapshot, calendar);
  await loadChanges(connection, snapshot.changes(changesOf), reference.config);
  const counted = await connection.runAndReadAll("SELECT count(*)::VARCHAR FROM settlement");
  return Number(counted.getRows()[0]![0]);
}

const CODE_COLUMNS = [
  ...["insutype", "psn_type", "insu_admdvs", "fixmedins_code", "fix_blng_admdvs", "hosp_lv"],
  ...["med_type", "setl_type"],
];

/** Where settlements come from, as temporary table `place`. */
async function loadPlaces(connection: DuckDBConnection, stage: StagedSettlements): Promise<void> {
  const partitions = stage.places();
  await connection.run("CREATE OR REPLACE TEMP TABLE place (id INTEGER, source VARCHAR, partition VARCHAR)");
  await appendColumns(connection, { catalog: "temp", table: "place" }, [
    Int32Array.from(partitions, ([id]) => id),
    partitions.map(([, source]) => source),
    partitions.map(([, , partition]) => partition),
  ]);
}

/** Writes what is staged in `kept` to `settlement`; `person` and `place` name the persons and places in it. */
async function insertSettlements(connection: DuckDBConnection, moving: boolean): Promise<void> {
  const rows = keptRows({
    amount: (fen) => `(${fen}::DECIMAL(16, 0) * 0.01::DECIMAL(2, 2))`,
    moving,
    withTexts: true,
  });
  const sources: Record<string, string> = {
    person: "p.pseudonym",
    month: "lpad((s.month // 12)::VARCHAR, 4, '0') || '-' || lpad((s.month % 12 + 1)::VARCHAR, 2, '0')",
    source: "l.source",
    partition: "l.partition",
    ...Object.fromEntries(CODE_COLUMNS.map((n) => [n, `c.${n}`])),
  };
  const columns = SETTLEMENT.columns.map(({ name }) => sources[name] ?? `s.${name}`);
  await connection.run(`INSERT INTO settlement SELECT ${columns.join(", ")}
    FROM (${rows}) s JOIN code_set c ON c.code_set = s.code_set
      JOIN person p ON p.person = s.person JOIN place l ON l.id = s.place`);
}

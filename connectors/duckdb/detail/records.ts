import type { DuckDBConnection } from "@duckdb/node-api";
import { dayText, type ZoneCalendar } from "../../../aggregations/calendar.js";
import { DETAIL_RECORDS, DETAIL_STREAMS, type DetailStream } from "../../../schemas/detail/tables.js";
import type { FieldType, StreamSpec } from "../../../schemas/input/streams.js";
import { yuanText } from "../../../schemas/units.js";
import type { SnapshotRecord, StateSnapshot } from "../../state/read-snapshot.js";
import { columnsOf, localTime, mapText, replaceTables } from "../publish/stage.js";

type Value = SnapshotRecord["record"][string];

/** A field's value as text that DuckDB casts to the column's type. */
function sqlText(type: FieldType, value: Value | undefined, calendar: ZoneCalendar): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "object") return mapText(value);
  if (typeof value === "string") return value;
  if (type === "amount") return yuanText(value);
  if (type === "date") return dayText(value);
  if (type === "instant") return localTime(calendar, value);
  return String(value);
}

/** Replaces the table of one small stream with its current records. */
export async function detailRecords(
  connection: DuckDBConnection,
  stream: DetailStream,
  spec: StreamSpec,
  snapshot: StateSnapshot,
  calendar: ZoneCalendar,
): Promise<void> {
  const table = DETAIL_RECORDS.find((t) => t.name === DETAIL_STREAMS[stream])!;
  const partitions = new Map(
    snapshot.partitions().map(([id, source, partition]) => [id, { source, partition }]),
  );
  const columns = columnsOf(snapshot.records(stream), [
    ...spec.fields.map((f) => (r: SnapshotRecord) => sqlText(f.type, r.record[f.name], calendar)),
    (r) => partitions.get(r.partitionId)?.source,
    (r) => partitions.get(r.partitionId)?.partition,
    (r) => r.position,
  ]);
  await replaceTables(connection, [{ table, columns }]);
}

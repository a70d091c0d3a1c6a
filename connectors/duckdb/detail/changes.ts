import type { DuckDBConnection } from "@duckdb/node-api";
import { monthText, ZoneCalendar } from "../../../aggregations/calendar.js";
import type { SettlementChange } from "../../../aggregations/closing/change.js";
import { liesIn } from "../../../aggregations/dimensions/region.js";
import type { Config } from "../../../schemas/config/schema.js";
import { CLOSED_CHANGE } from "../../../schemas/detail/tables.js";
import { SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { MEASURES } from "../../../schemas/measures.js";
import { yuanText } from "../../../schemas/units.js";
import { columnsOf, localTime, quoted, replaceTables } from "../publish/stage.js";

/** Replaces the table of what changed in closed months, bill by bill. */
export async function loadChanges(
  connection: DuckDBConnection,
  changes: readonly SettlementChange[],
  { jurisdiction, timezone }: Config,
): Promise<void> {
  const calendar = new ZoneCalendar(timezone);
  const columns = columnsOf(changes, [
    (c: SettlementChange) => c.id,
    (c) => c.sequence,
    (c) => localTime(calendar, c.at),
    (c) => c.cause,
    (c) => c.stream || null,
    (c) => c.key || null,
    (c) => c.settlements,
    (c) => monthText(c.month),
    (c) => c.tuple.insurance,
    ...SETTLEMENT_DIMENSIONS.map((d) => (c: SettlementChange) => c.tuple.values[d]),
    (c) => `[${(c.tuple.parents ?? []).map(quoted).join(", ")}]`,
    (c) => String(liesIn(c.tuple.values.district, jurisdiction)),
    ...MEASURES.map(
      ({ unit }, m) =>
        (c: SettlementChange) =>
          unit === "yuan" ? yuanText(c.sums[m]) : c.sums[m],
    ),
  ]);
  await replaceTables(connection, [{ table: CLOSED_CHANGE, columns }]);
}

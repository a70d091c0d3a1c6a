import { randomUUID } from "node:crypto";
import { chmod, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { ZoneCalendar } from "../../../aggregations/calendar.js";
import { DETAIL_STREAMS, type DetailStream } from "../../../schemas/detail/tables.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { type Definition, ddl, quoteText } from "../../../schemas/published/definition.js";
import type { EpochMs, MonthNumber } from "../../../schemas/units.js";
import type { StateSnapshot } from "../../state/read-snapshot.js";
import { STORAGE_VERSION } from "../file.js";
import { localTime } from "../publish/stage.js";
import { fillDetail } from "./fill.js";
import type { DetailReference, StageMaker } from "./staged.js";

/** What of the detail file the records behind a figure are read from. */
export interface DetailNeed {
  /** Months whose settlements are asked for. */
  readonly months: readonly MonthNumber[];
  /** Other streams whose records are. */
  readonly streams: readonly DetailStream[];
}

const CATALOG = "excerpt";
/** Settlements of one statement. */
const BATCH = 200_000;
/** One that nobody took after so long is of a command that ended half-way. */
const FORGOTTEN_MS = 15 * 60_000;

export interface ExcerptOptions {
  readonly folder: string;
  readonly reference: DetailReference;
  readonly writtenAt: EpochMs;
  readonly definitions: readonly Definition[];
  readonly settlements: StageMaker;
}

/**
 * Writes a detail file that holds of settlements the needed months alone (null: all), and of persons those that occur in
 * them: from kept blocks, what it costs does not grow with the history. Whoever asked for it takes the file away.
 */
export async function writeExcerpt(
  connection: DuckDBConnection,
  snapshot: StateSnapshot,
  need: DetailNeed | null,
  { folder, reference, writtenAt, definitions, settlements: make }: ExcerptOptions,
): Promise<{ path: string; settlements: number }> {
  await removeForgotten(folder);
  const path = join(folder, `${CATALOG}-${randomUUID()}.duckdb`);
  await connection.run(
    `ATTACH ${quoteText(path)} AS ${CATALOG} (STORAGE_VERSION '${STORAGE_VERSION}'); USE ${CATALOG}`,
  );
  try {
    await chmod(path, 0o600);
    await connection.run(["BEGIN TRANSACTION", ...definitions.flatMap((d) => ddl(d))].join(";\n"));
    const stage = make(connection, snapshot, reference, true);
    const settlements = await fillDetail(connection, snapshot, {
      ...{ reference, stage, batch: BATCH },
      streams: need?.streams ?? (Object.keys(DETAIL_STREAMS) as DetailStream[]),
      ...(need ? { months: need.months, changesOf: need.months } : {}),
      staged: () => stage.namePersons(),
    });
    const calendar = new ZoneCalendar(reference.config.timezone);
    if (settlements !== stage.count)
      throw new FundpulseError("FP2004", "the state's settlements do not add up");
    await connection.run(`INSERT INTO snapshot (state_id, sequence, written_at, settlements) VALUES (
        ${quoteText(snapshot.stateId)}, ${snapshot.sequence}, ${quoteText(localTime(calendar, writtenAt)!)}, ${settlements});
      COMMIT; CHECKPOINT ${CATALOG}; USE memory; DETACH ${CATALOG}`);
    return { path, settlements };
  } catch (error) {
    await connection.run("ROLLBACK").catch(() => undefined);
    await connection.run(`USE memory; DETACH DATABASE IF EXISTS ${CATALOG}`).catch(() => undefined);
    await removeExcerpt(path);
    throw error;
  }
}

/** Takes an excerpt away, also while it is open. */
export async function removeExcerpt(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.wal`, { force: true });
}

async function removeForgotten(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${CATALOG}-`)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > FORGOTTEN_MS) await rm(path, { force: true });
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { FundpulseError } from "../../../schemas/errors.js";
import type { MonthNumber } from "../../../schemas/units.js";
import { sourceName } from "../../kafka/topics.js";
import type { StateSnapshot } from "../../state/read-snapshot.js";
import { deriveDimensions, zoneShift } from "../detail/sql.js";
import type { DetailReference, StagedSettlements, StageMaker } from "../detail/staged.js";
import { type ArchiveCut, archiveCut, requireFiguresOf, requireSameFacilities } from "./cut.js";
import { archiveFiles, hasUnfinished } from "./files.js";
import { readArchive } from "./rows.js";
import { codeSets, movedByOriginal, readyRows, standingVersions } from "./standing.js";

/** Where a job keeps its settlements, and which topics it reads. */
export interface Archive {
  readonly folder: string;
  readonly topics: { readonly settlement: string; readonly facility: string; readonly figures: string };
}

/** A file that is finished is shown a moment after the figures of its checkpoint. */
const SHOWN_MS = 30_000;
const LOOK_MS = 1000;

/**
 * The settlements that a Flink job has kept, as of the cut that the figures of a snapshot are of. Which version stands,
 * where it counts and to which dimensions it belongs is worked out here again, by the rules of the recount.
 */
class ArchiveStage implements StagedSettlements {
  readonly moving: boolean;
  readonly #cut: readonly ArchiveCut[];
  #months: readonly MonthNumber[] = [];
  count = 0;

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly snapshot: StateSnapshot,
    private readonly reference: DetailReference,
    private readonly withTexts: boolean,
    private readonly archive: Archive,
  ) {
    this.moving = reference.config.refunds === "original-period";
    this.#cut = archiveCut(snapshot);
  }

  /** @throws FundpulseError FP3107 where the archive does not hold what the figures are of */
  async begin(): Promise<void> {
    const { connection, reference, archive } = this;
    const { config, categories } = reference;
    requireFiguresOf(this.snapshot, archive.topics.figures);
    requireSameFacilities(this.snapshot, archive.topics.facility);
    await this.#read();
    const deciding = [...new Set(categories.flatMap((c) => (c.dise_no ? [c.dise_no] : [])))];
    await connection.run("DELETE FROM code_set; DELETE FROM dimension");
    for (const sql of codeSets(deciding)) await connection.run(sql);
    await connection.run(deriveDimensions(config, 0));
    for (const sql of standingVersions(deciding)) await connection.run(sql);
    await connection.run(movedByOriginal(this.moving));
    await connection.run(readyRows(this.withTexts));
    await connection.run("DROP TABLE temp.standing");
    const found = await connection.runAndReadAll("SELECT DISTINCT month FROM ready ORDER BY month");
    this.#months = found.getRows().map(([month]) => month as number);
  }

  async #read(): Promise<void> {
    const { folder } = this.archive;
    const hasRows = this.#cut.some((c) => c.rows > 0);
    const until = performance.now() + SHOWN_MS;
    for (;;) {
      const isComing = hasUnfinished(folder);
      const files = hasRows ? archiveFiles(folder) : [];
      try {
        return await readArchive(this.connection, files, this.#cut);
      } catch (error) {
        const isLate = error instanceof FundpulseError && error.code === "FP3107";
        if (!isLate || !isComing || performance.now() > until) throw error;
        await sleep(LOOK_MS);
      }
    }
  }

  months(): readonly MonthNumber[] {
    return this.#months;
  }

  async stage(months: readonly MonthNumber[], enough = 0): Promise<{ months: number; rows: number }> {
    const { connection } = this;
    const sizes = await connection.runAndReadAll("SELECT month, count(*)::INTEGER FROM ready GROUP BY month");
    const size = new Map(sizes.getRows() as [number, number][]);
    let [taken, rows] = [0, 0];
    do rows += size.get(months[taken++]) ?? 0;
    while (taken < months.length && rows < enough);
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE kept AS SELECT * FROM ready WHERE month IN (${months.slice(0, taken).join(", ")})`,
    );
    await connection.run(zoneShift(this.reference.config.timezone));
    this.count += rows;
    return { months: taken, rows };
  }

  places(): [number, string, string][] {
    const source = sourceName(this.archive.topics.settlement);
    return this.#cut.map(({ partition }) => [partition, source, String(partition)]);
  }

  /** They were named for all months at once. */
  async namePersons(): Promise<void> {}

  /** Every row of the cut was read, or `begin` has thrown. */
  async agrees(): Promise<boolean> {
    return true;
  }
}

export const archivedSettlements =
  (archive: Archive): StageMaker =>
  (...given) =>
    new ArchiveStage(...given, archive);

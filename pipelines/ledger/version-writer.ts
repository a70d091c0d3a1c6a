import { monthOfDay } from "../../aggregations/calendar.js";
import { type BlockWriter, type Ref, ROWS_PER_BLOCK } from "../../connectors/state/settlement-block.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import type { MonthNumber } from "../../schemas/units.js";
import type { FacilityMonths } from "./facility-months.js";
import type { IncomingSettlement } from "./incoming-settlement.js";

/** Keeps versions in blocks of their months. */
export class VersionWriter {
  /** One for all: it remembers codes and keeps its buffers. */
  readonly #blocks: BlockWriter;

  constructor(
    private readonly store: SqliteStore,
    private readonly facilityMonths: FacilityMonths,
  ) {
    this.#blocks = store.settlements.writer();
  }

  /**
   * Writes versions and sets their references; `done` gets each month's versions and the first of their references,
   * which follow each other. Only inside a commit.
   */
  write(
    versions: readonly IncomingSettlement[],
    done: (batch: IncomingSettlement[], first: Ref) => void,
  ): void {
    if (versions.length === 0) return;
    const byMonth = new Map<MonthNumber, IncomingSettlement[]>();
    for (const version of versions) {
      const month = monthOfDay(version.facts.day);
      const list = byMonth.get(month);
      if (list) list.push(version);
      else byMonth.set(month, [version]);
    }
    const writer = this.#blocks;
    for (const [month, batch] of byMonth) {
      let first = 0;
      for (let start = 0; start < batch.length; start += ROWS_PER_BLOCK) {
        const end = Math.min(start + ROWS_PER_BLOCK, batch.length);
        for (let i = start; i < end; i++) {
          writer.add(batch[i].s, batch[i].facts);
          this.facilityMonths.note(batch[i].s.fixmedins_code, month);
        }
        const block = this.store.settlements.write(month, end - start, writer.finish());
        for (let i = start; i < end; i++) batch[i].ref = block + i - start;
        if (start === 0) first = block;
      }
      done(batch, first);
    }
  }
}

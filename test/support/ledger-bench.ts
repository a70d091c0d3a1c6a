import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dayText } from "../../aggregations/calendar.js";
import { canonicalForm } from "../../aggregations/settlement/version.js";
import { BatchDecoder } from "../../connectors/decode/decoder.js";
import type { SourceBatch } from "../../connectors/ports/source.js";
import { Intake } from "../../pipelines/ingest/intake.js";
import { IncomingSettlement } from "../../pipelines/ledger/incoming-settlement.js";
import { emptyFacts } from "../../pipelines/ledger/months.js";
import { State } from "../../pipelines/ledger/state.js";
import { type Config, configSchema } from "../../schemas/config/schema.js";
import { Settlement } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";

const NOW = Date.parse("2025-02-20T04:00:00Z");

/** What stands for an id: facility, fee in fen, day that it counts on, time of the version. */
export type CurrentVersion = readonly [facility: string, fee: number, day: string, updated: number];

/** A state in a folder of its own and what takes records into it, without sources, publisher or timers. */
export class LedgerBench {
  readonly #dir = mkdtempSync(join(process.platform === "linux" ? "/dev/shm" : tmpdir(), "fundpulse-desk-"));
  readonly #config: Config;
  readonly #next = new Map<string, number>();
  /** What the clock shows. */
  now = NOW;
  state!: State;
  intake!: Intake;

  constructor(refunds: Config["refunds"] = "own-period") {
    const config = configSchema.parse({
      jurisdiction: { name: "山丹县", admdvs: "620725", level: "county" },
      source: { kind: "folder" },
      privacy: { personKey: "a key of the tests" },
      periods: { firstDay: "2023-01-01" },
      groupings: ["total", "care"],
      personGroupings: ["total"],
      refunds,
    });
    this.#config = { ...config, data: this.#dir };
    this.#open(false);
  }

  #open(rebuild: boolean): void {
    const reference = { facilities: [], categories: [], divisions: [] };
    this.state = new State(this.#config, reference, () => this.now, { rebuild });
    this.state.store.db.pragma("synchronous = OFF");
    this.intake = new Intake(this.state, new BatchDecoder({ calendar: this.state.calendar }));
  }

  /** Starts again from the file. */
  restart(rebuild = false): void {
    this.state.close();
    this.#open(rebuild);
  }

  async batch(stream: StreamName, records: readonly object[], partition = "0"): Promise<void> {
    const source = `t:${stream}`;
    const first = this.#next.get(source + partition) ?? 0;
    this.#next.set(source + partition, first + records.length);
    await this.intake.accept({
      ...valuesOf(stream, records),
      positions: records.map((_, i) => first + i),
      position: { ...NO_POSITION, source, partition, next: first + records.length },
    });
  }

  /** By id; fails where two versions of one id stand, or one that its id does not lead to. */
  current(): Record<string, CurrentVersion> {
    const found: Record<string, CurrentVersion> = {};
    const s = new Settlement();
    const facts = emptyFacts();
    for (const month of this.state.store.settlements.months()) {
      this.state.store.settlements.scan(month, 0, s, facts, (ref) => {
        if (this.state.store.settlements.ids.findOne(s.setl_id) !== ref)
          throw new Error(`${s.setl_id} is not found`);
        if (found[s.setl_id]) throw new Error(`two versions of ${s.setl_id} stand`);
        found[s.setl_id] = [s.fixmedins_code, s.amounts[0], dayText(facts.day), s.updt_time];
      });
    }
    return found;
  }

  /** What must stand in the end whatever the order was: of the versions that the tables allow, the greatest. */
  expected(records: readonly object[]): Record<string, CurrentVersion> {
    const { ledger, calendar, dimensionIndex, privacy, config } = this.state;
    const best = new Map<string, { s: Settlement; form: string }>();
    for (const record of records) {
      const incoming = new IncomingSettlement();
      const { s } = incoming;
      const decoder = new BatchDecoder({ calendar });
      decoder.settlements(
        valuesOf("settlement", [record]),
        () => s,
        () => undefined,
      );
      if (ledger.validate(incoming, NOW)) continue;
      const form = canonicalForm(s, privacy.pseudonyms([s.psn_no]).toString("hex"));
      const other = best.get(s.setl_id);
      // In the same second 0 stands over 2 over 1, whatever else they say.
      const rank = (v: Settlement): number => ["1", "2", "0"].indexOf(v.vali_flag);
      const order = other && (s.updt_time - other.s.updt_time || rank(s) - rank(other.s));
      const later = order === undefined || order > 0;
      const tied = order === 0;
      if (later || (tied && Buffer.compare(Buffer.from(form), Buffer.from(other!.form)) > 0))
        best.set(s.setl_id, { s, form });
    }
    const dayOf = (s: Settlement): string => {
      const own = calendar.dayOf(s.setl_time);
      const original = config.refunds === "original-period" && best.get(s.init_setl_id)?.s;
      const day = original ? calendar.dayOf(original.setl_time) : own;
      return dayText("id" in dimensionIndex.find(s, day) ? day : own);
    };
    return Object.fromEntries(
      [...best].map(([id, { s }]) => [id, [s.fixmedins_code, s.amounts[0], dayOf(s), s.updt_time]]),
    );
  }

  /** Figures of every month, from what is in memory. */
  figures(): unknown {
    const { store, months, dimensionIndex, groups } = this.state;
    return store.settlements.months().map((month) => {
      const { groupIds, sums } = months.cells(month).rollUp(dimensionIndex.tuples, groups);
      return [month, [...groupIds], sums.map((column) => [...column])];
    });
  }

  tallies() {
    return this.state.store.partitions.all().map(({ received, applied, duplicate, held, quarantined }) => ({
      ...{ received, applied, duplicate, held, quarantined },
    }));
  }

  /** Position and reason of every waiting settlement. */
  waiting(): [number, string][] {
    return this.state.store.quarantine
      .find("status = 'waiting' AND stream = 'settlement'")
      .map(({ position, reason }) => [position, reason]);
  }

  remove(): void {
    this.state.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

const NO_POSITION = {
  source: "",
  partition: "",
  next: 0,
  lastApplied: null,
  fingerprint: null,
  finished: false,
};

const valuesOf = (stream: StreamName, records: readonly object[]): SourceBatch => ({
  stream,
  payload: { kind: "values", values: records.map((r) => Buffer.from(JSON.stringify(r))) },
  positions: records.map((_, i) => i),
  appendedAtMs: null,
  position: NO_POSITION,
});

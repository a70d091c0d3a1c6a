import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dayText, monthText, parsePeriod } from "../../aggregations/calendar.js";
import type { ReferenceTables } from "../../connectors/config/reference.js";
import { BatchDecoder } from "../../connectors/decode/decoder.js";
import type { Group, GroupSums, PublishInput } from "../../connectors/ports/publisher.js";
import type { SourceBatch } from "../../connectors/ports/source.js";
import { Intake } from "../../pipelines/ingest/intake.js";
import { State } from "../../pipelines/ledger/state.js";
import { Publication } from "../../pipelines/publish/publication.js";
import type { Config } from "../../schemas/config/schema.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import { MEASURES } from "../../schemas/measures.js";
import type { Delivery, History, Step } from "./histories.js";
import { stepsOf } from "./histories.js";
import { MemoryPublisher } from "./memory-publisher.js";
import type { Claimed } from "./oracle/compare.js";
import { type Arrival, type Figures, groupKey, positionKey, type Sums } from "./oracle/types.js";

/** What the state says after a history, beside its figures. */
export interface Told extends Claimed {
  /** Position of each waiting record -> reason. */
  readonly waiting: ReadonlyMap<string, string>;
  readonly orphanRefunds: readonly string[];
  readonly unmappedFacilities: readonly string[];
  /** received = applied + duplicate + held + quarantined, at every place. */
  readonly balanced: boolean;
  readonly received: number;
}

export function referenceOf(history: History): ReferenceTables {
  const { facilities, categories } = history.world;
  const empty = { dise_no: null, insurance: null, parent: null, display_order: null };
  return {
    facilities: facilities.map((f) => ({ ...f, updt_time: null })) as unknown as StreamRecord[],
    categories: categories.map((c) => ({ ...empty, ...c })),
    divisions: [],
  };
}

/** A second publisher that is given the same cuts, and looked at in the end. */
export interface Beside {
  open(config: Config): Promise<void>;
  publish(input: PublishInput): Promise<void>;
  /** `state` is that of the end, still open. */
  inspect(state: State): Promise<void>;
}

/**
 * Drives the engine through a delivery: batches, publishes, restarts and clock steps as the program would,
 * with the real state in a file and a publisher in memory. Only sources, timers and DuckDB are left out.
 */
export class StateDriver {
  readonly #dir: string;
  readonly #config: Config;
  readonly #reference: ReferenceTables;
  readonly #publisher = new MemoryPublisher();
  #now = 0;
  #state!: State;
  #intake!: Intake;
  #publication!: Publication;

  private constructor(
    history: History,
    private readonly beside?: Beside,
  ) {
    this.#dir = mkdtempSync(join(process.platform === "linux" ? "/dev/shm" : tmpdir(), "fundpulse-"));
    this.#config = { ...history.world.config, data: this.#dir };
    this.#reference = referenceOf(history);
  }

  /** What is published in the end, and what the state says of itself. */
  static async told(history: History, delivery: Delivery, beside?: Beside): Promise<Told> {
    const driver = new StateDriver(history, beside);
    try {
      const [clock, ...steps] = stepsOf(history, delivery);
      if (clock.kind === "clock") driver.#now = clock.now;
      await beside?.open(driver.#config);
      await driver.#open();
      for (const step of steps) await driver.#step(step);
      await beside?.inspect(driver.#state);
      return driver.#told();
    } finally {
      driver.#state?.close();
      rmSync(driver.#dir, { recursive: true, force: true });
    }
  }

  async #open(): Promise<void> {
    this.#state = new State(this.#config, this.#reference, () => this.#now, { rebuild: false });
    this.#state.store.db.pragma("synchronous = OFF");
    this.#intake = new Intake(this.#state, new BatchDecoder({ calendar: this.#state.calendar }));
    const published = await this.#publisher.open(this.#state.store.stateId);
    this.#publication = new Publication(this.#state, this.#intake, published);
    if (this.#state.tablesChanged) {
      await this.#intake.revalidate("reason IN ('unknown_category', 'out_of_jurisdiction')");
    }
  }

  async #step(step: Step): Promise<void> {
    if (step.kind === "batch") await this.#intake.accept(batchOf(step.arrivals));
    else if (step.kind === "publish") {
      const snapshot = this.#publication.snapshot(this.#now);
      const version = await this.#publisher.publish(snapshot);
      await this.beside?.publish(snapshot);
      this.#publication.published(snapshot, version);
    } else if (step.kind === "lost publish") {
      this.#publication.snapshot(this.#now);
    } else if (step.kind === "clock") {
      this.#now = step.now;
      await this.#intake.revalidate("reason = 'future_time' AND due <= ?", step.now);
    } else {
      if (step.kind === "restart") this.#state.months.checkpoint();
      this.#state.close();
      await this.#open();
    }
  }

  #figures({ groupIds, sums }: GroupSums, wanted: (names: readonly string[]) => boolean): Figures {
    const figures: Figures = new Map();
    groupIds.forEach((groupId, i) => {
      if (!wanted(this.#publisher.groups[groupId].grouping.split("+"))) return;
      const row = Object.fromEntries(MEASURES.map((m, j) => [m.name, sums[j][i]]));
      figures.set(keyOf(this.#publisher.groups[groupId]), row as Sums);
    });
    return figures;
  }

  #told(): Told {
    const { store } = this.#state;
    const { groups, last } = this.#publisher;
    const { keepDays, keepFacilityDays } = this.#config.periods;
    const lastDay = last?.lastDataDay ?? Number.NEGATIVE_INFINITY;
    const months = new Map<string, Figures>();
    for (const [month, sums] of this.#publisher.months) {
      months.set(
        monthText(month),
        this.#figures(sums, () => true),
      );
    }
    // The published file shows the days inside the windows, and periods up to the latest day.
    const days = new Map<string, Figures>();
    for (const [day, sums] of this.#publisher.days) {
      const inWindow = (names: readonly string[]): boolean =>
        day > lastDay - (names.includes("facility") ? keepFacilityDays : keepDays);
      days.set(dayText(day), this.#figures(sums, inWindow));
    }
    const persons = new Map<string, Map<string, number>>();
    for (const [id, { groupIds, counts }] of this.#publisher.persons) {
      if ((parsePeriod(id)?.startDay ?? 0) > lastDay) continue;
      persons.set(id, new Map(Array.from(groupIds, (groupId, i) => [keyOf(groups[groupId]), counts[i]])));
    }
    const waiting = new Map<string, string>();
    for (const entry of last?.quarantine ?? []) {
      if (entry.status === "waiting") waiting.set(positionKey(entry), entry.reason);
    }
    const orphans = store.sql("SELECT setl_id FROM refund WHERE orphan = 1 AND valid = 1").raw().all();
    const unmapped = (last?.unmapped ?? []).filter((u) => u.kind === "facility").map((u) => u.code);
    const balance = last?.balance ?? [];
    return {
      months,
      days,
      persons,
      waiting,
      orphanRefunds: (orphans as [string][]).map(([id]) => id).sort(),
      unmappedFacilities: unmapped.sort(),
      balanced: balance.every(
        (p) =>
          p.received === p.applied + p.duplicate + p.held + p.quarantined &&
          Math.min(p.applied, p.duplicate, p.held, p.quarantined) >= 0,
      ),
      received: balance.reduce((sum, p) => sum + p.received, 0),
    };
  }
}

function keyOf({ insurance, grouping, dimensions }: Group): string {
  const names = grouping === "total" ? [] : grouping.split("+");
  return groupKey(
    insurance,
    grouping,
    names.map((n) => (dimensions as Record<string, string>)[n]),
  );
}

function batchOf(arrivals: readonly Arrival[]): SourceBatch {
  const { stream, source, partition } = arrivals[0];
  const last = arrivals[arrivals.length - 1].position;
  return {
    stream,
    payload: { kind: "values", values: arrivals.map((a) => Buffer.from(JSON.stringify(a.record))) },
    positions: arrivals.map((a) => a.position),
    appendedAtMs: null,
    position: { source, partition, next: last + 1, lastApplied: last, fingerprint: null, finished: false },
  };
}

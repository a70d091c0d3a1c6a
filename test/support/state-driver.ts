import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReferenceTables } from "../../connectors/config/reference.js";
import { BatchDecoder } from "../../connectors/decode/decoder.js";
import type { PublishInput } from "../../connectors/ports/publisher.js";
import { Intake } from "../../pipelines/ingest/intake.js";
import { State } from "../../pipelines/ledger/state.js";
import { Publication } from "../../pipelines/publish/publication.js";
import type { Config } from "../../schemas/config/schema.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { Delivery, History, Step } from "./histories.js";
import { stepsOf } from "./histories.js";
import { MemoryPublisher } from "./memory-publisher.js";
import { batchOf, type Told, toldOf } from "./told.js";

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
  readonly #publisher: MemoryPublisher;
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
    this.#publisher = new MemoryPublisher(this.#config.periods);
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
      return toldOf(driver.#state, driver.#publisher);
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
    } else if (step.kind === "failed publish" || step.kind === "crash after publish") {
      const snapshot = this.#publication.snapshot(this.#now);
      await this.#publisher.publish(snapshot);
      await this.beside?.publish(snapshot);
      if (step.kind === "failed publish")
        this.#publication.failed(await this.#publisher.open(this.#state.store.stateId));
      else await this.#reopen();
    } else if (step.kind === "clock") {
      this.#now = step.now;
      await this.#intake.revalidate("reason = 'future_time' AND due <= ?", step.now);
    } else {
      if (step.kind === "restart") this.#state.months.checkpoint();
      await this.#reopen();
    }
  }

  async #reopen(): Promise<void> {
    this.#state.close();
    await this.#open();
  }
}

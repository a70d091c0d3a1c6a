import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReferenceTables } from "../../connectors/config/reference.js";
import { BatchDecoder } from "../../connectors/decode/decoder.js";
import type { Publisher } from "../../connectors/ports/publisher.js";
import type { SourceBatch } from "../../connectors/ports/source.js";
import { closingOf } from "../../pipelines/closing/closing.js";
import type { CloseResult } from "../../pipelines/closing/port.js";
import { Intake } from "../../pipelines/ingest/intake.js";
import { State } from "../../pipelines/ledger/state.js";
import { Publication } from "../../pipelines/publish/publication.js";
import type { Config } from "../../schemas/config/schema.js";
import { FINAL_NOW } from "./histories/world.js";
import { MemoryPublisher } from "./memory-publisher.js";
import type { Arrival } from "./oracle/types.js";

/** The engine over a state of its own, without sources and timers. */
export class Bench {
  readonly #dir = mkdtempSync(join(process.platform === "linux" ? "/dev/shm" : tmpdir(), "fundpulse-"));
  readonly #publisher: Pick<Publisher, "open" | "publish">;
  #intake!: Intake;
  #publication!: Publication;
  state!: State;

  constructor(
    private readonly config: Config,
    /** May be replaced before the next `open`. */
    public reference: ReferenceTables,
    /** Makes the publisher of the folder `data` of a configuration; whoever gives it closes it. */
    publisherOf: (config: Config) => Pick<Publisher, "open" | "publish"> = () => new MemoryPublisher(),
  ) {
    this.#publisher = publisherOf({ ...config, data: this.#dir });
  }

  async open(): Promise<void> {
    const config = { ...this.config, data: this.#dir };
    this.state = new State(config, this.reference, () => FINAL_NOW, { rebuild: false });
    this.state.store.db.pragma("synchronous = OFF");
    this.#intake = new Intake(this.state, new BatchDecoder({ calendar: this.state.calendar }));
    const published = await this.#publisher.open(this.state.store.stateId);
    this.#publication = new Publication(this.state, this.#intake, published);
  }

  async publish(): Promise<number> {
    const snapshot = this.#publication.snapshot(FINAL_NOW);
    const version = await this.#publisher.publish(snapshot);
    this.#publication.published(snapshot, version);
    this.state.closed.published(snapshot.sequence, version);
    return version;
  }

  async take(
    arrivals: readonly Pick<Arrival, "stream" | "source" | "partition" | "position" | "record">[],
  ): Promise<void> {
    for (const { stream, source, partition, position, record } of arrivals) {
      const at = { lastApplied: position, fingerprint: null, finished: false };
      const batch: SourceBatch = {
        stream,
        payload: { kind: "values", values: [Buffer.from(JSON.stringify(record))] },
        positions: [position],
        appendedAtMs: null,
        position: { source, partition, next: position + 1, ...at },
      };
      await this.#intake.accept(batch);
    }
  }

  close(period: string): Promise<CloseResult> {
    const loop = { publishNow: () => this.publish() };
    return closingOf({ state: this.state, intake: this.#intake, loop }).close(period, { force: true });
  }

  async restart(): Promise<void> {
    this.state.close();
    await this.open();
  }

  remove(): void {
    this.state?.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

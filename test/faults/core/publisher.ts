import type { PublishedState, Publisher, PublishInput } from "../../../connectors/ports/publisher.js";
import type { Config } from "../../../schemas/config/schema.js";
import { MemoryPublisher } from "../../support/memory-publisher.js";
import type { Life } from "./life.js";

/** A working file that outlives processes; it can be lost, be an older one again, or refuse a publish. */
export class SimulatedPublisher implements Publisher {
  file: MemoryPublisher;
  #older: MemoryPublisher | null = null;
  /** The next publish fails, as on a full disk. */
  refuses = false;

  constructor(
    private readonly life: () => Life,
    private readonly keep: Config["periods"],
  ) {
    this.file = new MemoryPublisher(keep);
  }

  open(stateId: string): Promise<PublishedState | null> {
    return this.file.open(stateId);
  }

  prepare(): void {}

  async publish(input: PublishInput): Promise<number> {
    if (this.refuses) {
      this.refuses = false;
      throw new Error("no space left on device");
    }
    const before = this.file.copy();
    const version = await this.life().step(() => this.file.publish(input));
    this.#older = before;
    return version;
  }

  lose(): void {
    this.file = new MemoryPublisher(this.keep);
  }

  putBackOlder(): void {
    if (this.#older !== null) this.file = this.#older.copy();
  }

  async close(): Promise<void> {}
}

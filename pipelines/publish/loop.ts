import type { Log } from "../../connectors/ports/log.js";
import type { Observer } from "../../connectors/ports/observer.js";
import type { Publisher } from "../../connectors/ports/publisher.js";
import type { Config } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { EpochMs } from "../../schemas/units.js";
import type { Intake } from "../ingest/intake.js";
import type { PublishState } from "../ledger/ports.js";
import type { Publication } from "./publication.js";

/** While catching up, publishing may take this share of the time at most: 1 of so many parts. */
const CATCH_UP_PARTS = 10;
/** While catching up it is not done more often than this. */
const CATCH_UP_MS = 60_000;
/** Records appended to their log no longer ago than this are live. */
const LIVE_MS = 3000;
/** Publishing that failed so often in a row stops the program: the figures no longer follow. */
const MAX_FAILURES = 5;

/** What publishing tells the program around it, and its clock. */
export interface PublishDeps {
  readonly log: Log;
  readonly observer: Observer;
  readonly clock: () => EpochMs;
}

export interface PublishLoopParts {
  readonly config: Config;
  readonly deps: PublishDeps;
  readonly state: PublishState;
  readonly intake: Intake;
  readonly publication: Publication;
  readonly publisher: Publisher;
}

/**
 * Decides when to publish: at most every `publish.everySeconds`, never sooner after a publish than it took
 * (docs/specification.md#published), seldom while catching up with a backlog, and at drain. The cut is taken
 * between two batches; writing it goes on beside the next ones.
 */
export class PublishLoop {
  readonly #parts: PublishLoopParts;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #publishedChanges = -1;
  #lastEnd = Number.NEGATIVE_INFINITY;
  #lastSeconds = 0;
  #version: number | null = null;
  #caughtUpAt = Number.NEGATIVE_INFINITY;
  /** The timer waits longer because of a backlog. */
  #putOff = false;
  #failures = 0;
  #heldBy: string | null = null;
  #started = false;
  /** Since when something waits to be published; like every time here that a duration is counted from, monotonic. */
  #owedSince: number | null = null;
  #onFatal: (error: unknown) => void = () => {};
  /** Append times of the newest record of each batch since the last snapshot. */
  #appended: EpochMs[] = [];

  constructor(parts: PublishLoopParts) {
    this.#parts = parts;
    this.#version = parts.publication.publishedVersion;
    if (this.#version !== null) this.#publishedChanges = parts.intake.changes;
  }

  start(onFatal: (error: unknown) => void): void {
    this.#started = true;
    this.#lastEnd = this.#now();
    this.#onFatal = onFatal;
    this.#parts.publisher.prepare();
    this.#schedule();
  }

  /** Milliseconds of a clock that nobody sets. */
  #now(): number {
    return performance.now();
  }

  /** The version that is published; null before the first. */
  get version(): number | null {
    return this.#version;
  }

  /** How long something has waited to be published. */
  owedSeconds(): number {
    return this.#owedSince === null ? 0 : (this.#now() - this.#owedSince) / 1000;
  }

  /** Only a part of the source is read just now (why): what would be published would look whole. */
  hold(why: string | null): void {
    this.#heldBy = why;
    if (why === null) this.#schedule();
    else if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
  }

  get held(): boolean {
    return this.#heldBy !== null;
  }

  #refuseHeld(): void {
    if (this.#heldBy !== null)
      throw new FundpulseError("FP3008", `nothing is published just now: ${this.#heldBy}`);
  }

  /** A batch is durable. */
  changed(appendedAtMs: EpochMs | null): void {
    if (this.#parts.intake.changes !== this.#publishedChanges) this.#owedSince ??= this.#now();
    if (appendedAtMs !== null) {
      this.#appended.push(appendedAtMs);
      // Records that were appended just now are no backlog, even while they never stop coming.
      if (this.#parts.deps.clock() - appendedAtMs < LIVE_MS) this.#liveAgain();
    }
    this.#schedule();
  }

  /** Nothing is left to read just now. */
  drained(): void {
    this.#liveAgain();
    this.#schedule();
  }

  /** There is no backlog at this moment. What was put off because of one is due now. */
  #liveAgain(): void {
    this.#caughtUpAt = this.#now();
    if (!this.#putOff || this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(): void {
    if (!this.#started || this.#timer !== null || this.#running !== null || this.held) return;
    const { config, intake } = this.#parts;
    if (intake.changes === this.#publishedChanges) return;
    const every = config.publish.everySeconds * 1000;
    const last = this.#lastSeconds * 1000;
    const catchingUp = this.#now() - this.#caughtUpAt > every + last + 1000;
    // `everySeconds` runs from start to start; the pause after a publish is at least as long as it took.
    const pause = catchingUp ? Math.max(last * CATCH_UP_PARTS, CATCH_UP_MS) : last;
    const due = Math.max(this.#lastEnd - last + every, this.#lastEnd + pause);
    const wait = Math.max(0, due - this.#now());
    this.#putOff = catchingUp;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#run().catch(() => undefined);
    }, wait);
  }

  #run(): Promise<void> {
    this.#running ??= this.#publish().finally(() => {
      this.#running = null;
      this.#schedule();
    });
    return this.#running;
  }

  async #publish(): Promise<void> {
    const { deps, state, intake, publication, publisher } = this.#parts;
    const started = performance.now();
    const appended = this.#appended;
    this.#appended = [];
    const { changes } = intake;
    const begunAt = this.#now();
    try {
      const input = publication.snapshot(deps.clock());
      this.#version = await publisher.publish(input);
      publication.published(input, this.#version);
      state.closed.published(input.sequence, this.#version);
      this.#publishedChanges = changes;
      this.#owedSince = intake.changes === changes ? null : begunAt;
      this.#failures = 0;
      this.#lastSeconds = (performance.now() - started) / 1000;
      this.#lastEnd = this.#now();
      deps.observer.published({
        version: this.#version,
        seconds: this.#lastSeconds,
        watermark: input.watermark,
        appendToVisibleSeconds: appended.map((at) => Math.max(0, (deps.clock() - at) / 1000)),
      });
    } catch (error) {
      this.#failures++;
      this.#lastSeconds = (performance.now() - started) / 1000;
      this.#lastEnd = this.#now();
      this.#appended.unshift(...appended);
      deps.observer.publishFailed(error);
      deps.log.error("publish failed", { error: (error as Error).message, failures: this.#failures });
      const published = await publisher.open(state.store.stateId).catch(() => null);
      if (published === null || published.sequence > state.store.sequence) publication.fullNext();
      if (this.#failures >= MAX_FAILURES) this.#onFatal(error);
      throw error;
    }
  }

  /** A published file that somebody deleted or replaced is made again, also while nothing arrives. */
  lookAfterFile(): void {
    const { publisher } = this.#parts;
    if (!this.#started || this.#running !== null || this.#version === null) return;
    if (publisher.intact?.() !== false) return;
    this.#running = this.#putBack()
      .catch((error: Error) => this.#parts.deps.log.debug("published file", { error: error.message }))
      .finally(() => {
        this.#running = null;
        this.#schedule();
      });
  }

  async #putBack(): Promise<void> {
    const { deps, publisher, publication, state } = this.#parts;
    deps.log.warn("the published file is gone or was replaced; it is made again", { version: this.#version });
    if (await publisher.putBack?.()) return;
    publication.fullNext();
    await publisher.open(state.store.stateId);
    await this.#publish();
  }

  /** Publishes what is not yet published, now. Returns the published version. */
  async publishNow(): Promise<number> {
    const { intake } = this.#parts;
    this.#refuseHeld();
    await this.#running?.catch(() => undefined);
    if (this.#version === null || intake.changes !== this.#publishedChanges) await this.#run();
    return this.#version!;
  }

  /** Publishes also when no figure changed: something told beside them did. */
  async publishAgain(): Promise<number> {
    this.#refuseHeld();
    await this.#running?.catch(() => undefined);
    await this.#run();
    return this.#version!;
  }

  /** Ends the loop; a publish under way is finished. */
  async stop(): Promise<void> {
    this.#started = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#running?.catch(() => undefined);
  }
}

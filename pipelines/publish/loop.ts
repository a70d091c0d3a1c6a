import { type EventLoopUtilization, performance } from "node:perf_hooks";
import type { Log } from "../../connectors/ports/log.js";
import type { Observer } from "../../connectors/ports/observer.js";
import type { Publisher } from "../../connectors/ports/publisher.js";
import type { Config } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { EpochMs } from "../../schemas/units.js";
import type { Intake } from "../ingest/intake.js";
import type { PublishState } from "../ledger/ports.js";
import { pauseAfter } from "./pause.js";
import type { Publication } from "./publication.js";

/** While catching up, publishing may take this share of the time at most: 1 of so many parts. */
const CATCH_UP_PARTS = 10;
/** While catching up it is not done more often than this. */
const CATCH_UP_MS = 60_000;
/** Records appended to their log no longer ago than this are live. */
const LIVE_MS = 3000;
/** Publishing that failed so often in a row stops the program: the figures no longer follow. */
const MAX_FAILURES = 5;

/** How often it is looked whether the published file is still there, and the longest pause after failures. */
const RESTORE_MS = 1000;
const MAX_RESTORE_MS = 30_000;

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
 * Decides when to publish: at most every `publish.everySeconds`, after a pause where publishing holds up reading
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
  /** How long to wait after the last publish. */
  #pauseMs = 0;
  #version: number | null = null;
  #caughtUpAt = Number.NEGATIVE_INFINITY;
  /** The timer waits longer because of a backlog. */
  #putOff = false;
  #failures = 0;
  #heldBy: string | null = null;
  #restoreAt = Number.NEGATIVE_INFINITY;
  #restorePause = RESTORE_MS;
  #started = false;
  /** When the pending publish became due; like all times that durations are counted from, monotonic. */
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
    const standing = this.version;
    if (standing !== null)
      this.#parts.deps.observer.standing?.({
        version: standing,
        watermark: this.#parts.state.latestTime(),
      });
    this.#schedule();
  }

  /** Milliseconds of a clock that nobody sets. */
  #now(): number {
    return performance.now();
  }

  /** The version that is published; null before the first. */
  get version(): number | null {
    return this.#version ?? this.#parts.publication.standingVersion;
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

  /**
   * Before something is changed that is to be published at once: what cannot be published is not begun.
   * @throws FundpulseError FP3008
   */
  refuseHeld(): void {
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
    // `everySeconds` runs from start to start.
    const pause = catchingUp ? Math.max(last * CATCH_UP_PARTS, CATCH_UP_MS) : this.#pauseMs;
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
    const thread = performance.eventLoopUtilization();
    const appended = this.#appended;
    this.#appended = [];
    const { changes } = intake;
    try {
      const input = publication.snapshot(deps.clock());
      this.#version = await publisher.publish(input);
      publication.published(input, this.#version);
      state.closed.published(input.sequence, this.#version);
      this.#publishedChanges = changes;
      this.#owedSince = intake.changes === changes ? null : started;
      this.#failures = 0;
      this.#ended(started, thread);
      deps.observer.published({
        version: this.#version,
        seconds: this.#lastSeconds,
        watermark: input.watermark,
        appendToVisibleSeconds: appended.map((at) => Math.max(0, (deps.clock() - at) / 1000)),
      });
    } catch (error) {
      this.#failures++;
      this.#ended(started, thread);
      this.#appended.unshift(...appended);
      deps.observer.publishFailed(error);
      deps.log.error("publish failed", { error: (error as Error).message, failures: this.#failures });
      publication.failed(await publisher.open(state.store.stateId).catch(() => null));
      if (this.#failures >= MAX_FAILURES) this.#onFatal(error);
      throw error;
    }
  }

  /** Keeps how long a publish took, and how long to wait after it. */
  #ended(started: number, thread: EventLoopUtilization): void {
    const ms = performance.now() - started;
    this.#lastSeconds = ms / 1000;
    this.#lastEnd = this.#now();
    this.#pauseMs = pauseAfter({ ms, busy: performance.eventLoopUtilization(thread).utilization });
  }

  /** Publishes what is not yet published, now. Returns the published version. */
  async publishNow(): Promise<number> {
    const { intake } = this.#parts;
    this.refuseHeld();
    await this.#running?.catch(() => undefined);
    if (this.#version === null || intake.changes !== this.#publishedChanges) await this.#run();
    else await this.#putBack();
    return this.#version!;
  }

  /** Publishes also when no figure changed: something told beside them did. */
  async publishAgain(): Promise<number> {
    this.refuseHeld();
    await this.#running?.catch(() => undefined);
    await this.#run();
    return this.#version!;
  }

  /**
   * Each second of a run: looks whether the published file is still the one that was put there, and puts it back,
   * also where a start could not. What fails is told and tried again, ever more seldom; the records go on.
   */
  async restore(): Promise<void> {
    const { deps } = this.#parts;
    if (this.#running !== null || this.#now() < this.#restoreAt) return;
    try {
      await this.#putBack();
      this.#restorePause = RESTORE_MS;
    } catch (error) {
      deps.observer.publishFailed(error);
      deps.log.error("publish failed", { error: (error as Error).message });
      this.#restorePause = Math.min(this.#restorePause * 2, MAX_RESTORE_MS);
    }
    this.#restoreAt = this.#now() + this.#restorePause;
  }

  async #putBack(): Promise<void> {
    const { deps, publisher, publication, state } = this.#parts;
    const work = (publisher.restore?.() ?? Promise.resolve(false)).then((put) => {
      if (!put) return;
      deps.log.info("the published file was put back in its place");
      if (this.#version !== null)
        deps.observer.standing?.({ version: this.#version, watermark: state.latestTime() });
    });
    // No publish begins beside it.
    const running = work
      .catch(() => undefined)
      .finally(() => {
        if (this.#running === running) this.#running = null;
      });
    this.#running = running;
    try {
      await work;
    } catch (error) {
      await running;
      if (this.held) throw error;
      // Where the working file is gone too, everything is written anew.
      const published = await publisher.open(state.store.stateId).catch(() => undefined);
      if (published !== null) throw error;
      publication.fullNext();
      await this.#run();
    } finally {
      await running;
      this.#schedule();
    }
  }

  /** Ends the loop; a publish under way is finished. */
  async stop(): Promise<void> {
    this.#started = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#running?.catch(() => undefined);
  }
}

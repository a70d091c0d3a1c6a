import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { FundpulseError } from "../../../schemas/errors.js";
import { identityOf } from "../file.js";
import { OpenFile } from "./open-file.js";

/** How often the file is looked at where the system tells nothing of it (a network drive); a look costs one `stat`. */
const LOOK_EVERY_MS = 200;
/** A file that could not be opened is tried again after this, also when it did not change. */
const RETRY_MS = 2_000;

/**
 * Follows the published file: opens each version that is moved into its place, read-only, and lets go of the one
 * before when its last query is answered. It asks nobody and holds nobody up.
 */
export class PublishedWatch {
  #current: OpenFile | null = null;
  #problem: FundpulseError;
  #seen = "";
  #triedAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #ended = false;
  #told: FSWatcher | null = null;
  readonly #listeners = new Set<(file: OpenFile | null) => void>();

  constructor(readonly path: string) {
    this.#problem = new FundpulseError("FP4002", `${path} does not exist yet`);
  }

  /** Looks once, then keeps looking until `end`. */
  async start(): Promise<void> {
    await this.#look();
    this.#plan();
  }

  /** Called after each change with the file that stands now; null when there is none that can be read. */
  onChange(listener: (file: OpenFile | null) => void): void {
    this.#listeners.add(listener);
  }

  /** The file that stands now, or null. */
  get current(): OpenFile | null {
    return this.#current;
  }

  /** Why `current` is null. */
  get problem(): FundpulseError {
    return this.#problem;
  }

  /**
   * Works on one version from begin to end, also when the next one comes meanwhile.
   * @throws FundpulseError FP4002 or FP6007 when there is nothing to read.
   */
  async use<T>(work: (file: OpenFile) => Promise<T>): Promise<T> {
    const file = this.#current;
    if (file === null) throw this.#problem;
    const release = file.hold();
    try {
      return await work(file);
    } finally {
      release();
    }
  }

  async end(): Promise<void> {
    this.#ended = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#told?.close();
    await this.#looking;
    this.#current?.retire();
    this.#current = null;
  }

  #plan(): void {
    if (this.#ended) return;
    this.#listen();
    this.#timer = setTimeout(() => {
      void this.#look().finally(() => this.#plan());
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** The system tells at once when something is moved into the folder; the folder may come later than we. */
  #listen(): void {
    if (this.#told) return;
    try {
      const own = basename(this.path);
      // What is being written beside it is nothing to look at.
      this.#told = watch(dirname(this.path), { persistent: false }, (_, name) => {
        if (name === null || name === own) void this.#look();
      });
      this.#told.on("error", () => {
        this.#told?.close();
        this.#told = null;
      });
    } catch {
      this.#told = null;
    }
  }

  #look(): Promise<void> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    const found = await identityOf(this.path);
    const failed = this.#current === null && found !== "" && performance.now() - this.#triedAt > RETRY_MS;
    if (found === this.#seen && !failed) return;
    this.#seen = found;
    this.#triedAt = performance.now();
    if (found === "") {
      this.#change(null, new FundpulseError("FP4002", `${this.path} does not exist yet`));
      return;
    }
    try {
      // Whatever stands under the path when it is opened is a whole file: it is moved there.
      this.#change(await OpenFile.open(this.path, found), null);
    } catch (error) {
      const problem = error instanceof FundpulseError ? error : new FundpulseError("FP4002", String(error));
      this.#change(null, problem);
    }
  }

  #change(next: OpenFile | null, problem: FundpulseError | null): void {
    const before = this.#current;
    const other = problem !== null && problem.code !== this.#problem.code;
    if (problem) this.#problem = problem;
    if (this.#ended) {
      next?.retire();
      return;
    }
    this.#current = next;
    before?.retire();
    if (before !== null || next !== null || other) for (const listener of this.#listeners) listener(next);
  }
}

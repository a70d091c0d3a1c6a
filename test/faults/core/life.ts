import { copyFileSync, existsSync, renameSync, statSync, truncateSync } from "node:fs";
import { StateFile } from "../../../connectors/state/file.js";
import type { Random } from "../../../pipelines/simulate/random.js";

/** The simulated process is gone. */
export class Death extends Error {}

/**
 * When a process dies: before its n-th durable step, just behind it, or in the midst of writing it (`torn`: some of the
 * bytes reached the disk).
 */
export interface DeathPlan {
  readonly step: number;
  readonly how: "before" | "after" | "torn";
}

/** One process from its start to its end, or to its death at a durable step: a commit of the state, a publish. */
export class Life {
  #steps = 0;
  #dead = false;
  /** The state that it wrote to; null before the first write. */
  file: StateFile | null = null;
  /** Between which lengths the log of the state was being written when it died. */
  torn: { readonly from: number; readonly to: number } | null = null;

  constructor(
    private readonly plan: DeathPlan | null,
    private readonly written: () => number,
  ) {}

  get dead(): boolean {
    return this.#dead;
  }

  step<T>(work: () => T): T {
    if (this.#dead) throw new Death();
    const due = this.plan?.step === this.#steps++ ? this.plan.how : null;
    if (due === "before") this.#die();
    const from = this.written();
    const result = work();
    if (due === "torn") this.torn = { from, to: this.written() };
    if (due !== null) this.#die();
    return result;
  }

  #die(): never {
    this.#dead = true;
    throw new Death();
  }
}

/** Makes every commit of a state a step of the life that `now` names, while `work` runs. */
export async function withSteps<T>(now: () => Life, work: () => Promise<T>): Promise<T> {
  const { commit, beside } = StateFile.prototype;
  StateFile.prototype.commit = function <R>(this: StateFile, inside: () => R): R {
    const life = now();
    life.file = this;
    return life.step(() => commit.call(this, inside) as R);
  };
  StateFile.prototype.beside = function (this: StateFile, inside: () => void): void {
    const life = now();
    life.file = this;
    life.step(() => beside.call(this, inside));
  };
  try {
    return await work();
  } finally {
    StateFile.prototype.commit = commit;
    StateFile.prototype.beside = beside;
  }
}

/** What lies on the disk when a process dies: its files as they are, without its last orderly close. */
export class DeadFiles {
  constructor(private readonly state: string) {}

  /** Length of the log that SQLite appends to. */
  logLength(): number {
    const log = `${this.state}-wal`;
    return existsSync(log) ? statSync(log).size : 0;
  }

  /**
   * Keeps the files as they are, lets `close` do what it does, and puts them back; of what was being written only a
   * random part is there.
   */
  survive(close: () => void, torn: Life["torn"], random: Random): void {
    const names = ["", "-wal"].map((end) => this.state + end).filter((name) => existsSync(name));
    for (const name of names) copyFileSync(name, `${name}.dead`);
    close();
    for (const name of names) renameSync(`${name}.dead`, name);
    if (torn !== null && torn.to > torn.from && this.logLength() === torn.to)
      truncateSync(`${this.state}-wal`, torn.from + random.below(torn.to - torn.from + 1));
  }
}

import type { ChildProcess } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadConfig } from "../../connectors/config/load.js";
import { silentLog } from "../../connectors/ports/log.js";
import { allObservers } from "../../connectors/ports/observer.js";
import type { StartOptions } from "../../pipelines/engine/belonging.js";
import { openEngine } from "../../pipelines/engine/open.js";
import type { Engine } from "../../pipelines/engine/port.js";
import type { Random } from "../../pipelines/simulate/random.js";
import { FundpulseError } from "../../schemas/errors.js";
import { type Ended, Workspace } from "../support/workspace.js";
import { changeIn } from "./moments.js";

/** How a run in this process goes on. */
export interface Going {
  readonly way?: StartOptions;
  readonly acceptGaps?: readonly string[];
  readonly clock?: () => number;
}

/**
 * One fault upon one workspace: what a kind of fault works with. A fault is over when its `happen` returns; whatever
 * is left to read is read then, and compared with the undisturbed result.
 */
export class Round {
  /** Numbers of the errors that said what had happened. */
  readonly told: string[] = [];
  /** What must not be, in words. */
  readonly wrong: string[] = [];
  readonly #children = new Set<ChildProcess>();
  /** How the end is reached, where not by an ordinary run. */
  going: Going = {};

  constructor(
    readonly w: Workspace,
    readonly random: Random,
    /** Sends the next piece of the history; false when all were sent. */
    readonly feed: () => Promise<boolean>,
  ) {}

  /** A copy of a workspace as it lies there, without what follows. */
  static copyOf(template: Workspace, config: Record<string, unknown>): Workspace {
    const copy = new Workspace(config);
    for (const folder of ["inbox", "data"])
      cpSync(join(template.dir, folder), join(copy.dir, folder), {
        recursive: true,
        preserveTimestamps: true,
      });
    return copy;
  }

  /** The engine in this process. */
  async engine<T>(work: (engine: Engine) => Promise<T>, { way, clock = Date.now }: Going = {}): Promise<T> {
    const deps = { log: silentLog, observer: allObservers([]), clock };
    const engine = await openEngine(loadConfig(this.w.configFile), deps, way === undefined ? {} : { way });
    try {
      return await work(engine);
    } finally {
      await engine.end();
    }
  }

  /** `run --until-drained` in this process. */
  async drain(going: Going = {}, signal = new AbortController().signal): Promise<void> {
    const { acceptGaps } = going;
    await this.engine(
      (engine) =>
        engine.run({ untilDrained: true, signal, ...(acceptGaps === undefined ? {} : { acceptGaps }) }),
      going,
    );
  }

  /** Tries what the fault may make impossible: null, or the number of the error, which must be one of these. */
  async attempt(work: () => Promise<unknown>, codes: readonly string[]): Promise<string | null> {
    try {
      await work();
      return null;
    } catch (error) {
      if (error instanceof FundpulseError && codes.includes(error.code)) {
        this.told.push(error.code);
        return error.code;
      }
      this.wrong.push(`not told as it should be (${codes.join(", ")}): ${(error as Error).stack}`);
      return "?";
    }
  }

  /** What must be refused with one of these numbers. */
  async refused(work: () => Promise<unknown>, codes: readonly string[]): Promise<void> {
    if ((await this.attempt(work, codes)) === null)
      this.wrong.push(`went on where ${codes.join(", ")} was due`);
  }

  /** Starts a command; it is killed at the end of the round at the latest. */
  start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const started = this.w.start(...args);
    this.#children.add(started.child);
    started.child.once("exit", () => this.#children.delete(started.child));
    return started;
  }

  /** A command to its end: it does its work, or ends with a number; never with a trace. */
  async command(args: readonly string[]): Promise<Ended> {
    return this.judged(args, await this.start(...args).ended);
  }

  judged(args: readonly string[], ended: Ended): Ended {
    const { code, signal, err } = ended;
    const numbers = [...err.matchAll(/\[(FP\d{4})\]/g)].map(([, number]) => number!);
    this.told.push(...numbers);
    const fine = signal !== null || code === 0 || code === 3 || numbers.length > 0;
    if (!fine || /\n {4}at |please report/.test(err))
      this.wrong.push(`${args.join(" ")} ended with ${code ?? signal}: ${err.slice(-2000)}`);
    return ended;
  }

  /** A random moment of a command's life: by the clock, or a little after it wrote to one of its folders. */
  async moment(ended: Promise<unknown>): Promise<void> {
    const { random } = this;
    const pick = random.below(4);
    if (pick === 0) return sleep(random.below(2_500));
    const folder = ["", "work", "published"][pick - 1]!;
    const change = changeIn(join(this.w.data, folder), pick === 3 ? /./ : /^(state|published)\./);
    await Promise.race([change.seen, ended, sleep(6_000)]);
    change.close();
    await sleep(random.below(random.below(2) === 0 ? 30 : 400));
  }

  /** Kills a command with SIGKILL at a moment, while pieces of the history arrive. */
  async killed(args: readonly string[], pieces: number): Promise<void> {
    const { child, ended } = this.start(...args);
    const feeding = (async () => {
      for (let i = 0; i < pieces; i++) {
        await sleep(this.random.below(600));
        await this.feed();
      }
    })();
    await this.moment(ended);
    child.kill("SIGKILL");
    this.judged(args, await ended);
    await feeding;
  }

  async end(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    this.w.remove();
  }
}

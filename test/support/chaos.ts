import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** What happens in a series of kills. */
export interface Chaos {
  readonly rounds: number;
  /** Starts the program; it prints `delivering` when it begins to work. */
  readonly start: () => ChildProcess;
  /** Called before each round: more input. */
  readonly feed: (round: number) => Promise<unknown>;
  /** 0 to 1. */
  readonly random: () => number;
  /** Longest time from `delivering` to the kill. */
  readonly withinMs: number;
}

/**
 * Starts a program and kills it with SIGKILL, again and again: mostly at a random moment while it works,
 * now and then before it has begun. Returns how many were killed while they worked. Throws when the
 * program ends by itself.
 */
export async function killAgainAndAgain(chaos: Chaos): Promise<number> {
  let working = 0;
  for (let round = 0; round < chaos.rounds; round++) {
    const child = chaos.start();
    let errors = "";
    child.stderr?.on("data", (data: Buffer) => {
      errors += data.toString();
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const works = new Promise<boolean>((resolve) => child.stdout?.once("data", () => resolve(true)));
    const fed = chaos.feed(round);
    const early = chaos.random() < 0.2;
    const begun = await Promise.race([works, ended, ...(early ? [sleep(chaos.random() * 800)] : [])]);
    if (begun === true) {
      working++;
      await sleep(chaos.random() * chaos.withinMs);
    }
    if (child.exitCode !== null)
      throw new Error(`the program ended with ${child.exitCode}: ${errors.slice(-2000)}`);
    child.kill("SIGKILL");
    await ended;
    await fed;
  }
  return working;
}

/** A repeatable source of randomness (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

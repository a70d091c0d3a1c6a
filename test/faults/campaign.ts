import { Random } from "../../pipelines/simulate/random.js";
import { differingResults } from "../support/same-results.js";
import type { Workspace } from "../support/workspace.js";
import { FOLDER_KINDS } from "./folder-kinds.js";
import { FolderWorld } from "./folder-world.js";
import { KAFKA_KINDS } from "./kafka-kinds.js";
import { KafkaWorld } from "./kafka-world.js";
import type { FaultKind } from "./kinds.js";
import type { Round } from "./round.js";

/** What one round came to. */
export interface Outcome {
  readonly seed: number;
  readonly fault: string;
  /** Settlements that are missing in the end, or counted more than once. */
  readonly lost: number;
  readonly doubled: number;
  /** Numbers of errors that told what had happened. */
  readonly told: readonly string[];
  /** From the end of the fault until everything was read and published. */
  readonly seconds: number;
  readonly wrong: readonly string[];
}

export const ALL_KINDS: readonly {
  readonly name: string;
  readonly weight: number;
  readonly on: "folder" | "kafka";
}[] = [
  ...FOLDER_KINDS.map(({ name, weight }) => ({ name, weight, on: "folder" as const })),
  ...KAFKA_KINDS.map(({ name, weight }) => ({ name, weight, on: "kafka" as const })),
];

/** The fault that a seed brings, of those that are asked for. */
export function faultOf(seed: number, only: ReadonlySet<string> | null, kafka: boolean) {
  const kinds = ALL_KINDS.filter(({ name, on }) => (only?.has(name) ?? true) && (kafka || on === "folder"));
  let left = new Random(seed).below(kinds.reduce((sum, k) => sum + k.weight, 0));
  const found = kinds.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  if (found === undefined) throw new Error("no such kind of fault");
  return found;
}

/** Brings faults upon real parts, round by round. */
export class Campaign {
  #folder: Promise<FolderWorld> | null = null;
  #kafka: Promise<KafkaWorld> | null = null;

  async round(seed: number, fault: string): Promise<Outcome> {
    this.#folder ??= FolderWorld.make();
    const world = await this.#folder;
    const random = new Random(seed);
    random.uint32();
    const folderKind = FOLDER_KINDS.find(({ name }) => name === fault);
    if (folderKind !== undefined) return this.#happens(seed, folderKind, world.round(random), world, true);
    const kafkaKind = KAFKA_KINDS.find(({ name }) => name === fault);
    if (kafkaKind === undefined) throw new Error(`no such kind of fault: ${fault}`);
    this.#kafka ??= KafkaWorld.make();
    const kafka = await this.#kafka;
    return this.#happens(seed, kafkaKind, await kafka.round(random), world, false);
  }

  async #happens<R extends Round>(
    seed: number,
    kind: FaultKind<R>,
    round: R,
    world: FolderWorld,
    quality: boolean,
  ): Promise<Outcome> {
    const outcome = { seed, fault: kind.name, lost: 0, doubled: 0, told: round.told, seconds: 0 };
    try {
      await kind.happen(round);
      while (await round.feed());
      const began = performance.now();
      await round.drain(round.going);
      outcome.seconds = (performance.now() - began) / 1000;
      const { lost, doubled, differs } = await compared(round.w, world, {
        quality,
        closesApart: kind.closes ?? false,
      });
      return { ...outcome, lost, doubled, wrong: [...round.wrong, ...differs] };
    } catch (error) {
      return { ...outcome, wrong: [...round.wrong, (error as Error).stack ?? String(error)] };
    } finally {
      await round.end();
    }
  }

  async end(): Promise<void> {
    (await this.#folder)?.remove();
    await (await this.#kafka)?.remove();
  }
}

/** Every published result against the undisturbed one; of a folder's rounds what is told of the records too. */
async function compared(
  w: Workspace,
  { undisturbed, expected }: FolderWorld,
  options: { readonly quality: boolean; readonly closesApart: boolean },
): Promise<{ lost: number; doubled: number; differs: string[] }> {
  const hashes = options.closesApart ? expected.apart : expected.whole;
  const differs = await differingResults(w, undisturbed, hashes, options);
  if (differs.length === 0) return { lost: 0, doubled: 0, differs };
  const [mine, theirs] = await Promise.all([w, undisturbed].map(visits));
  return { lost: Math.max(0, theirs! - mine!), doubled: Math.max(0, mine! - theirs!), differs };
}

async function visits(w: Workspace): Promise<number> {
  const [row] = await w.query(
    `SELECT coalesce(sum(value), 0)::INTEGER AS n FROM indicators WHERE indicator = 'visits'
       AND insurance = 'all' AND "grouping" = 'total' AND period_kind = 'month'`,
  );
  return Number(row?.n);
}

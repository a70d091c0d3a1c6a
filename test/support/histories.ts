import fc from "fast-check";
import { type Intent, intents } from "./histories/intents.js";
import { FINAL_NOW, type World, worlds } from "./histories/world.js";
import { corrupt, type Draft, writeFacility, writeSettlement } from "./histories/write.js";
import { READINGS } from "./oracle/readings.js";
import type { Arrival, Plain, RecountOptions } from "./oracle/types.js";

/** A random history: a small world and what is sent about it, in order of arrival. */
export interface History {
  readonly world: World;
  readonly records: readonly Sent[];
}

export interface Sent {
  readonly stream: "settlement" | "facility";
  readonly record: Plain;
  /** 0–2, to be folded onto the partitions that a delivery has. */
  readonly partition: number;
}

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
/** `updt_time`s run over ten days of February 2025, before the final clock. */
const UPDATES_START = Date.parse("2025-02-08T00:00:00Z");

/** Turns intents into records. Later intents refer to earlier ones, so a shrunk history stays meaningful. */
export function writeHistory(world: World, list: readonly Intent[], ties = false): History {
  const zone = world.config.timezone;
  const drafts: Draft[] = [];
  const sent: { at: number; item: Sent }[] = [];
  list.forEach((intent, index) => {
    // Unique but for `ties`: which of two contents with one time stands is not for the recount to decide.
    const updated = UPDATES_START + intent.rank * DAY_MS + (ties ? 0 : index * SECOND_MS);
    const send = (stream: Sent["stream"], written: Plain): void => {
      const record: Record<string, string | number | null> = { ...written };
      for (const field of ["insu_admdvs", "fix_blng_admdvs", "admdvs"]) {
        if (record[field] === "620725") record[field] = world.home;
      }
      for (let copy = 0; copy <= intent.copies; copy++) {
        const item = { stream, record, partition: (intent.partition + copy) % 3 };
        sent.push({ at: index + intent.delay * (copy === 0 ? 1 : 2) + copy / 10, item });
      }
    };
    const pick = (n: number): Draft | undefined => drafts[n % Math.max(1, drafts.length)];
    const settle = (draft: Draft): void => {
      send("settlement", writeSettlement(draft, updated, intent.clock, zone));
    };
    const fresh = (): Draft => ({
      id: `S${String(index).padStart(3, "0")}`,
      visit: `V${index % 7}`,
      original: null,
      facts: (intent as { facts: Draft["facts"] }).facts,
      vali: "1",
      refdFlag: null,
    });
    if (intent.kind === "facility") {
      send("facility", writeFacility(intent, updated, zone));
    } else if (intent.kind === "broken") {
      const target = intent.target === null ? undefined : pick(intent.target);
      const draft = target ?? fresh();
      send("settlement", corrupt(writeSettlement(draft, updated, intent.clock, zone), intent.defect));
    } else if (intent.kind === "bill") {
      const draft = { ...fresh(), vali: intent.vali };
      drafts.push(draft);
      settle(draft);
    } else if (intent.kind === "version") {
      const target = pick(intent.target) ?? fresh();
      const facts: Record<string, unknown> = { ...target.facts };
      for (const name of intent.change) facts[name] = intent.facts[name];
      const other = intent.otherOriginal === null ? undefined : pick(intent.otherOriginal);
      settle({
        ...target,
        facts: facts as unknown as Draft["facts"],
        vali: intent.vali ?? target.vali,
        refdFlag: intent.refdFlag,
        original: other && other.id !== target.id && target.original !== null ? other.id : target.original,
      });
    } else {
      const target = pick(intent.target);
      const base = target?.facts ?? intent.facts;
      const draft: Draft = {
        ...fresh(),
        original: intent.known && target ? target.id : "never seen",
        visit: target?.visit ?? "V",
        facts: {
          ...base,
          time: intent.facts.time,
          person: intent.ownPerson ? intent.facts.person : base.person,
          money: intent.full ? base.money : intent.facts.money,
        },
        vali: intent.vali,
      };
      drafts.push(draft);
      settle(draft);
    }
  });
  sent.sort((a, b) => a.at - b.at);
  return { world, records: sent.map((s) => s.item) };
}

/**
 * Histories of up to `maxIntents` happenings, each one to three records. With `ties` different contents of
 * one key often have the same `updt_time`.
 */
export function histories(maxIntents = 40, ties = false): fc.Arbitrary<History> {
  return fc
    .tuple(worlds, fc.array(intents, { minLength: 1, maxLength: maxIntents, size: "max" }))
    .map(([world, list]) => writeHistory(world, list, ties));
}

const DISTURBANCES = [
  "nothing",
  "publish",
  "lost publish",
  "failed publish",
  "crash after publish",
  "restart",
  "crash",
  "redeliver",
] as const;

/** How a history is cut and disturbed on its way. */
export interface Delivery {
  readonly partitions: 1 | 2 | 3;
  /** Sizes of the windows of arrival; each gives one batch per stream and partition. Used in a circle. */
  readonly windows: readonly number[];
  /** What happens after each window, in a circle. */
  readonly after: readonly (typeof DISTURBANCES)[number][];
  /** How far the clock stands behind its final time until the last window, in days. */
  readonly clockBehindDays: number;
  /** Seed of a permutation of the arrivals; null keeps their order. */
  readonly shuffle: number | null;
}

export const deliveries: fc.Arbitrary<Delivery> = fc.record({
  partitions: fc.constantFrom<1 | 2 | 3>(1, 2, 3),
  windows: fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 60 })), {
    minLength: 1,
    maxLength: 6,
  }),
  after: fc.array(fc.constantFrom(...DISTURBANCES), { minLength: 1, maxLength: 6 }),
  clockBehindDays: fc.constantFrom(0, 0, 0, 5, 30, 400),
  shuffle: fc.oneof(fc.constant(null), fc.integer()),
});

/** One step of a delivery. */
export type Step =
  | { readonly kind: "batch"; readonly arrivals: readonly Arrival[] }
  | { readonly kind: "publish" }
  /** A cut is taken, and the file is not replaced. */
  | { readonly kind: "lost publish" }
  /** The working file has it, and then it fails. */
  | { readonly kind: "failed publish" }
  /** Published, and killed before the state notes it. */
  | { readonly kind: "crash after publish" }
  /** Closed in good order and opened again. */
  | { readonly kind: "restart" }
  /** As the last commit left it. */
  | { readonly kind: "crash" }
  | { readonly kind: "clock"; readonly now: number };

/** Small generator of numbers in [0, 1), so that a permutation is one shrinkable number. */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function permuted<T>(items: readonly T[], seed: number | null): T[] {
  const list = [...items];
  if (seed === null) return list;
  const next = random(seed);
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

/** Gives every record its place: one source per stream, positions counted by partition. */
export function arrivalsOf(history: History, delivery: Pick<Delivery, "partitions" | "shuffle">): Arrival[] {
  const next = new Map<string, number>();
  return permuted(history.records, delivery.shuffle).map(({ stream, record, partition }) => {
    const source = `history:${stream}`;
    const partitionName = String(partition % delivery.partitions);
    const position = next.get(`${source} ${partitionName}`) ?? 0;
    next.set(`${source} ${partitionName}`, position + 1);
    return { stream, record, source, partition: partitionName, position };
  });
}

/** The steps of a delivery. The clock is final, and everything published, at the end. */
export function stepsOf(history: History, delivery: Delivery): Step[] {
  const arrivals = arrivalsOf(history, delivery);
  const steps: Step[] = [{ kind: "clock", now: FINAL_NOW - delivery.clockBehindDays * DAY_MS }];
  let from = 0;
  for (let turn = 0; from < arrivals.length; turn++) {
    const size = delivery.windows[turn % delivery.windows.length];
    const window = arrivals.slice(from, from + size);
    from += size;
    const batches = new Map<string, Arrival[]>();
    for (const arrival of window) {
      const key = `${arrival.source} ${arrival.partition}`;
      batches.set(key, [...(batches.get(key) ?? []), arrival]);
    }
    for (const batch of batches.values()) steps.push({ kind: "batch", arrivals: batch });
    const after = delivery.after[turn % delivery.after.length];
    if (after === "redeliver") {
      for (const batch of batches.values()) {
        steps.push({ kind: "batch", arrivals: batch.slice(Math.floor(batch.length / 2)) });
      }
    } else if (after !== "nothing") {
      steps.push({ kind: after });
    }
  }
  steps.push({ kind: "clock", now: FINAL_NOW }, { kind: "publish" });
  return steps;
}

/** What the recount of a history needs. */
export function recountOptions(history: History): RecountOptions {
  return { ...history.world, now: FINAL_NOW, readings: READINGS };
}

export { FINAL_NOW };

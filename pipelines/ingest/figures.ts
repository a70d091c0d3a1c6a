import { monthOfDay, PERIODS_PER_YEAR, periodsOfYear, yearOfMonth } from "../../aggregations/calendar.js";
import {
  type JobFigure,
  keyOfManifest,
  keyOfProgress,
  prefixOf,
  readFigure,
  readMeta,
} from "../../connectors/flink/figure.js";
import type { JobManifest } from "../../connectors/flink/generate.js";
import { sourceName } from "../../connectors/kafka/topics.js";
import type { FiguresCut, FiguresPosition } from "../../connectors/ports/figures.js";
import type { BatchOutcome } from "../../connectors/ports/observer.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { QuarantineReason } from "../../schemas/quarantine.js";
import type { MonthNumber } from "../../schemas/units.js";
import type { FigureMonths } from "../ledger/figure-months.js";
import type { IngestState } from "../ledger/ports.js";
import { latestDayOf } from "./record-days.js";

/** What taking figures writes to. */
export type FigureIngest = Pick<IngestState, "calendar" | "clock" | "config" | "reporting"> & {
  readonly store: SqliteStore;
};

type Of<K extends JobFigure["kind"]> = Extract<JobFigure, { readonly kind: K }>;

const META = {
  topic: "figures_topic",
  next: "figures_next",
  at: "figures_at",
  manifest: "figures_manifest",
} as const;
/** How often it is kept that the topic was looked at. */
const LOOK_MS = 600_000;

/** The figures of a cut, and what they change of what is told of months, years and partitions. */
interface Touched {
  readonly months: Set<MonthNumber>;
  readonly progress: Map<number, Of<"progress">>;
  /** Records that wait or do not any more, by partition. */
  readonly quarantine: Map<number, Of<"quarantine">[]>;
  /** Periods whose persons changed, by year. */
  readonly persons: Map<number, Set<number>>;
}

/**
 * Takes cuts of a figures topic into the state, each in one commit that also moves the position: the counterpart of
 * `Intake` for settlements that were counted elsewhere.
 */
export class FigureIntake {
  #lookedAt = 0;

  /**
   * @param keyCheck of `privacy.personKey`
   * @param changes what is bumped by every commit that may change what is published
   */
  constructor(
    private readonly state: FigureIngest,
    private readonly months: FigureMonths,
    private readonly manifest: JobManifest,
    private readonly keyCheck: string,
    private readonly changes: { changes: number },
  ) {}

  /** Where the topic of the configuration is to be read on; null: from its beginning. */
  position(): FiguresPosition | null {
    const { store } = this.state;
    if (store.meta(META.topic) !== this.manifest.topics.figures) return null;
    const number = (key: string): number => Number(store.meta(key));
    return { next: number(META.next), manifestAt: number(META.manifest), readAt: number(META.at) };
  }

  /** Nothing was new: kept now and then, so that it is known how old the reading is. */
  looked(): void {
    const now = this.state.clock();
    if (now - this.#lookedAt < LOOK_MS || this.position() === null) return;
    this.#lookedAt = now;
    this.state.store.beside(() => this.state.store.setMeta(META.at, String(now)));
  }

  /**
   * Makes a cut durable. Null: it cannot be taken yet, because it does not say whose figures it holds, or because a topic
   * that takes the place of another has not come as far; it is to be given again with what follows.
   * @throws FundpulseError FP3103 where they are not those of this configuration's job
   */
  accept(cut: FiguresCut): BatchOutcome | null {
    const started = performance.now();
    const { store } = this.state;
    if (!this.#belongs(cut) || !this.#hasCaughtUp(cut)) return null;
    const records = cut.whole ? this.#withGone(cut.records) : cut.records;
    const counts = store.commit(() => {
      store.noteContent();
      const touched: Touched = {
        months: new Set(),
        progress: new Map(),
        quarantine: new Map(),
        persons: new Map(),
      };
      for (const [key, value] of records) this.#take(key, value, touched);
      this.#touchForPersons(touched);
      for (const month of touched.months) {
        store.months.touch(month, this.months.monthChanged(month));
        this.months.evict(new Set([month]));
      }
      const outcome = this.#tally(touched);
      store.setMeta(META.topic, this.manifest.topics.figures);
      store.setMeta(META.next, String(cut.next));
      store.setMeta(META.at, String(this.state.clock()));
      if (cut.manifestAt !== null) store.setMeta(META.manifest, String(cut.manifestAt));
      return outcome;
    });
    this.changes.changes++;
    const source = sourceName(this.manifest.topics.figures);
    return { source, partition: "0", ...counts, seconds: (performance.now() - started) / 1000 };
  }

  #belongs(cut: FiguresCut): boolean {
    const value = cut.records.get(keyOfManifest());
    // Once a job has named itself, it only does so again where another one begins.
    if (value === undefined || value === null) return this.position() !== null && !cut.whole;
    const told = readMeta(keyOfManifest(), value);
    refuseOtherJob(
      this.manifest,
      this.keyCheck,
      told?.kind === "manifest" ? told : { digest: "unreadable", keyCheck: "" },
      "; nothing was taken",
    );
    return true;
  }

  /** Whether a topic that takes the place of another has read all that the other had. */
  #hasCaughtUp(cut: FiguresCut): boolean {
    const { store } = this.state;
    const before = store.meta(META.topic);
    if (before === undefined || before === this.manifest.topics.figures) return true;
    const source = sourceName(this.manifest.topics.settlement);
    const read = (partition: string): number => {
      const key = keyOfProgress("settlement", partition);
      const told = readMeta(key, cut.records.get(key) ?? null);
      return told?.kind === "progress" ? told.last + 1 : 0;
    };
    return store.partitions
      .all()
      .filter((p) => p.source === source)
      .every((p) => read(p.partition) >= p.next);
  }

  /** A cut of the whole topic, with what stands in the state and not in it. */
  #withGone(records: FiguresCut["records"]): FiguresCut["records"] {
    const all = new Map<string, Buffer | null>(records);
    for (const key of this.state.store.figures.keys()) if (!all.has(key)) all.set(key, null);
    return all;
  }

  #take(key: string, value: Buffer | null, touched: Touched): void {
    const { figures } = this.state.store;
    const before = figures.get(key);
    if (value === null ? before === undefined : before?.equals(value)) return;
    const figure = this.#read(key, value);
    if (value === null) figures.delete(key);
    else {
      figures.put(key, value);
      if (figure.kind === "persons") this.months.know(figure);
    }
    // What persons were is asked for, to know the periods in which they are others now.
    const old = figure.kind === "persons" && before !== undefined ? this.#read(key, before) : null;
    this.#note(figure, old, touched);
  }

  #read(key: string, value: Buffer | null): JobFigure {
    try {
      return readFigure(this.manifest, key, value);
    } catch (cause) {
      throw new FundpulseError(
        "FP3103",
        `topic ${this.manifest.topics.figures} holds a record that is no figure of this job: ${(cause as Error).message}; nothing was taken`,
        { cause },
      );
    }
  }

  #note(figure: JobFigure, old: JobFigure | null, touched: Touched): void {
    switch (figure.kind) {
      case "cell":
      case "unmapped":
        touched.months.add(figure.month);
        return;
      case "day":
      case "facilityDay":
        touched.months.add(monthOfDay(figure.day));
        this.months.dayChanged(figure.day);
        return;
      case "persons":
        this.#notePersons(figure, old?.kind === "persons" ? old : null, touched);
        return;
      case "reporting":
        if (figure.latest !== null) this.state.reporting.note(figure.facility, figure.day, figure.latest);
        return;
      case "quarantine":
        noteIn(touched.quarantine, figure.partition, figure);
        return;
      case "progress":
        if (figure.stream === "settlement") touched.progress.set(figure.partition, figure);
        return;
      default:
    }
  }

  #notePersons(figure: Of<"persons">, old: Of<"persons"> | null, { persons }: Touched): void {
    this.months.yearChanged(figure.year);
    const periods = persons.get(figure.year) ?? new Set();
    persons.set(figure.year, periods);
    const length = Math.max(figure.counts?.length ?? 0, old?.counts?.length ?? 0);
    for (let i = 0; i < length; i++) {
      if ((figure.counts?.[i] ?? 0) !== (old?.counts?.[i] ?? 0)) periods.add(i % PERIODS_PER_YEAR);
    }
  }

  /** Counts of a period are published with a month of it: where persons alone changed, one is taken for that. */
  #touchForPersons({ persons, months }: Touched): void {
    for (const [year, changed] of persons) {
      const all = periodsOfYear(year);
      for (const index of changed) {
        const { startDay, endDay } = all[index];
        const [first, last] = [monthOfDay(startDay), monthOfDay(endDay)];
        const has = [...months].some((m) => yearOfMonth(m) === year && m >= first && m <= last);
        if (!has) months.add(last);
      }
    }
  }

  /** What became of the settlements of each partition; counts of this cut. */
  #tally({
    progress,
    quarantine,
  }: Touched): Pick<BatchOutcome, "applied" | "duplicate" | "held" | "quarantined"> {
    const { store } = this.state;
    const sum = { applied: 0, duplicate: 0, held: 0, quarantined: 0 };
    const source = sourceName(this.manifest.topics.settlement);
    for (const number of new Set([...progress.keys(), ...quarantine.keys()])) {
      const partition = store.partitions.of(source, String(number));
      const told = progress.get(number);
      const received = told?.records ?? partition.received;
      const next = told === undefined ? partition.next : told.last + 1;
      if (received < partition.received || next < partition.next) {
        throw new FundpulseError(
          "FP3103",
          `topic ${this.manifest.topics.figures} says less of partition ${number} than before (read up to ${next}, before ${partition.next}): another job, or the same one begun anew, writes it; nothing was taken`,
        );
      }
      this.#quarantine(partition.id, quarantine.get(number) ?? []);
      const quarantined = store.figures.count(prefixOf("quarantine", number)) - partition.quarantined;
      const fresh = received - partition.received;
      store.partitions.tally(partition.id, "quarantined", quarantined);
      store.partitions.tally(partition.id, "applied", fresh - quarantined, fresh);
      store.partitions.move(partition, { ...partition, next });
      sum.applied += Math.max(0, fresh - quarantined);
      sum.quarantined += Math.max(0, quarantined);
    }
    return sum;
  }

  /** Brings the quarantine of a partition to what its changed figures say. */
  #quarantine(partitionId: number, changed: readonly Of<"quarantine">[]): void {
    if (changed.length === 0) return;
    const { quarantine } = this.state.store;
    const known = quarantine.named("place = ? AND stream = 'settlement'", -1, partitionId);
    const kept = new Map(known.map((entry) => [entry.position, entry]));
    for (const figure of changed) {
      const entry = kept.get(figure.offset);
      if (figure.fault === "") {
        if (entry?.status === "waiting") quarantine.update(entry.id, { status: "resolved", raw: null });
        continue;
      }
      const { reason, detail } = faultOf(figure);
      const days = { first_day: figure.day, last_day: figure.day ?? this.#latestDay() };
      const about = { reason, detail, ...days, due: null, raw: figure.sealed };
      let id = entry?.id;
      if (id === undefined) {
        const place = { partitionId, position: figure.offset, stream: "settlement" as const };
        id = quarantine.add({ ...place, ...about, first_seen: this.state.clock(), ref: null });
      } else quarantine.update(id, { ...about, status: "waiting" });
      if (reason === "unknown_category") quarantine.noteUnmapped(id, codeOf(detail), figure.fee ?? 0);
    }
  }

  #latestDay(): number {
    return latestDayOf(this.state, "settlement", null, this.state.clock());
  }
}

/**
 * Holds what a topic says of its job against the configuration's.
 * @param ending what follows in the message
 * @throws FundpulseError FP3103
 */
export function refuseOtherJob(
  { topics, digest }: JobManifest,
  keyCheck: string,
  told: { readonly digest: string; readonly keyCheck: string },
  ending = "",
): void {
  if (told.digest !== digest) {
    throw new FundpulseError(
      "FP3103",
      `topic ${topics.figures} holds the figures of job ${told.digest}, and this configuration's is ${digest}${ending}`,
    );
  }
  if (told.keyCheck !== keyCheck) {
    throw new FundpulseError(
      "FP3103",
      `the job that writes topic ${topics.figures} runs under another person key than privacy.personKey${ending}`,
      { action: "give its TaskManagers the key as FUNDPULSE_PERSON_KEY, in a new figures topic" },
    );
  }
}

/** Adds an item to the list of a key. */
function noteIn<K, V>(lists: Map<K, V[]>, key: K, item: V): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function faultOf({ fault }: Of<"quarantine">): { reason: QuarantineReason; detail: string } {
  const at = fault.indexOf("|");
  return { reason: fault.slice(0, at) as QuarantineReason, detail: fault.slice(at + 1) };
}

/** The code in the detail of an unknown category (`unmappedCategory`). */
const codeOf = (detail: string): string => detail.replace(/^med_type /, "");

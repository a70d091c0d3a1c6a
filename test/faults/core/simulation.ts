import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { ZoneCalendar } from "../../../aggregations/calendar.js";
import { BatchDecoder } from "../../../connectors/decode/decoder.js";
import { checkStateFile } from "../../../connectors/state/check.js";
import { Intake } from "../../../pipelines/ingest/intake.js";
import { State } from "../../../pipelines/ledger/state.js";
import { publishedAgain } from "../../../pipelines/publish/again.js";
import { Publication } from "../../../pipelines/publish/publication.js";
import { Random } from "../../../pipelines/simulate/random.js";
import type { Config } from "../../../schemas/config/schema.js";
import { arrivalsOf, FINAL_NOW, type History, histories, recountOptions } from "../../support/histories.js";
import { recount } from "../../support/oracle/recount.js";
import type { Arrival } from "../../support/oracle/types.js";
import { referenceOf } from "../../support/state-driver.js";
import { batchOf, toldOf, wrongIn } from "../../support/told.js";
import { DeadFiles, type DeathPlan, Life, withSteps } from "./life.js";
import { SimulatedPublisher } from "./publisher.js";

const DAY_MS = 86_400_000;
/** Lives of one simulation that may end in a death. */
const DEATHS = 8;
const HAPPENINGS = 30;
const BESIDE = [
  "figures",
  "facilities",
  "categories",
  "balance",
  "quarantine",
  "warnings",
  "orphanRefunds",
  "unmapped",
  "facilityReporting",
  "periodQuality",
] as const;

/** What one seed came to. */
export interface Simulated {
  readonly seed: number;
  readonly records: number;
  readonly deaths: number;
  readonly publishes: number;
  /** Everything in which the end differs from the recount; nothing where all is right. */
  readonly wrong: readonly string[];
}

/**
 * One history through the core of the engine, with everything around it simulated from one seed: a clock that is set
 * forward and back, a source that repeats and mixes its partitions, a disk on which every durable step may be the last
 * one and may be written in part, a published file that fails, is lost, or is an older one again. What stands published
 * in the end must be what a recount of the history gives.
 */
export function simulateCore(seed: number): Promise<Simulated> {
  const simulation = new CoreSimulation(seed);
  return withSteps(
    () => simulation.life,
    () => simulation.run(),
  );
}

class CoreSimulation {
  life: Life;
  readonly #random: Random;
  readonly #history: History;
  readonly #config: Config;
  readonly #arrivals: readonly Arrival[];
  readonly #logs: readonly (readonly Arrival[])[];
  readonly #publisher: SimulatedPublisher;
  readonly #files: DeadFiles;
  readonly #wrong: string[] = [];
  readonly #decoder: BatchDecoder;
  #now: number;
  #deaths = 0;
  #publishes = 0;
  /** Null while no process runs. */
  #process: { state: State; intake: Intake; publication: Publication } | null = null;

  constructor(private readonly seed: number) {
    this.#random = new Random(seed);
    this.#history = fc.sample(histories(HAPPENINGS), { seed, numRuns: 1 })[0]!;
    const dir = mkdtempSync(join(process.platform === "linux" ? "/dev/shm" : tmpdir(), "fundpulse-core-"));
    this.#config = { ...this.#history.world.config, data: dir };
    this.#publisher = new SimulatedPublisher(() => this.life, this.#config.periods);
    this.#decoder = new BatchDecoder({ calendar: new ZoneCalendar(this.#config.timezone) });
    this.#files = new DeadFiles(join(dir, "state.sqlite"));
    this.#now = FINAL_NOW - [0, 0, 5, 30, 400][this.#random.below(5)]! * DAY_MS;
    this.#arrivals = arrivalsOf(this.#history, {
      partitions: (1 + this.#random.below(3)) as 1 | 2 | 3,
      shuffle: this.#random.below(2) === 0 ? null : this.#random.uint32(),
    });
    const logs = new Map<string, Arrival[]>();
    for (const arrival of this.#arrivals) {
      const key = `${arrival.source} ${arrival.partition}`;
      logs.set(key, [...(logs.get(key) ?? []), arrival]);
    }
    this.#logs = [...logs.values()];
    this.life = new Life(null, () => 0);
  }

  async run(): Promise<Simulated> {
    try {
      for (let turn = 0; turn < 400 && (this.#left().length > 0 || turn < 10); turn++) {
        await this.#alive(() => this.#happen());
      }
      await this.#end();
      const process = this.#process!;
      const counted = recount(this.#arrivals, { ...recountOptions(this.#history), sums: "month" });
      this.#wrong.push(
        ...wrongIn(toldOf(process.state, this.#publisher.file), counted, this.#arrivals.length),
      );
      process.state.close();
      checkStateFile(join(this.#config.data, "state.sqlite"));
    } finally {
      this.#process?.state.store.db.close();
      rmSync(this.#config.data, { recursive: true, force: true });
    }
    const { seed } = this;
    const [deaths, publishes] = [this.#deaths, this.#publishes];
    return { seed, records: this.#arrivals.length, deaths, publishes, wrong: this.#wrong };
  }

  /** What is published beside sums and persons, and is not what a publish of the whole would give. */
  #beside(state: State): string[] {
    const { last } = this.#publisher.file;
    const again = publishedAgain(state, 1);
    const told = (rows: readonly object[] | undefined): string[] =>
      (rows ?? []).map((row) => JSON.stringify(row)).sort();
    return BESIDE.flatMap((table) => {
      const [stands, due] = [told(last?.[table]), told(again[table])];
      return stands.join() === due.join() ? [] : [`${table}: ${stands.join()}, due ${due.join()}`];
    });
  }

  /** Starts a process where none runs and lets it do `work`; one that dies leaves its files. */
  async #alive(work: () => Promise<void>): Promise<void> {
    try {
      if (this.#process === null) await this.#start();
      await work();
    } catch (error) {
      if (!this.life.dead) throw error;
      this.#bury();
    }
  }

  #bury(): void {
    const { file, torn } = this.life;
    this.#process = null;
    this.#deaths++;
    // What outlives the process may be another file than the one it left; a disk may have kept less than it said.
    const fate = this.#random.below(12);
    const kept = fate === 0 ? { from: 0, to: this.#files.logLength() } : torn;
    if (file !== null) this.#files.survive(() => file.db.close(), kept, this.#random);
    if (fate === 1) this.#publisher.lose();
    if (fate === 2) this.#publisher.putBackOlder();
  }

  /** A process as the engine starts one. */
  async #start(): Promise<void> {
    const random = this.#random;
    const plan: DeathPlan | null =
      this.#deaths >= DEATHS || random.below(4) === 0
        ? null
        : { step: random.below(14), how: (["before", "after", "torn"] as const)[random.below(3)]! };
    this.life = new Life(plan, () => this.#files.logLength());
    const state = new State(this.#config, referenceOf(this.#history), () => this.#now, { rebuild: false });
    state.store.db.pragma("synchronous = OFF");
    this.life.file = state.store;
    const intake = new Intake(state, this.#decoder);
    const published = await this.#publisher.open(state.store.stateId);
    const publication = new Publication(state, intake, published);
    this.#process = { state, intake, publication };
    if (state.tablesChanged) intake.tablesChanged();
    else state.derived();
  }

  async #happen(): Promise<void> {
    const random = this.#random;
    const { state, intake } = this.#process!;
    const what = random.below(100);
    if (what < 60) await this.#deliver();
    else if (what < 78) await this.#publish();
    else if (what < 86) {
      this.#now = FINAL_NOW - random.below(random.below(2) === 0 ? 3 : 420) * DAY_MS;
      await this.#due();
    } else if (what < 92) {
      if (random.below(2) === 0) state.months.checkpoint();
      state.close();
      this.#process = null;
    } else if (what < 96) {
      // Killed between two steps.
      this.#bury();
    } else if (intake.toJudge) await intake.judgeSome();
    else await intake.revalidate("1 = 1");
  }

  /** Logs that are not read to their end. */
  #left(): readonly (readonly Arrival[])[] {
    return this.#process === null ? this.#logs : this.#logs.filter((log) => this.#next(log) < log.length);
  }

  #next(log: readonly Arrival[]): number {
    const { source, partition } = log[0]!;
    return this.#process!.state.store.partitions.find(source, partition)?.next ?? 0;
  }

  /** Some records of one log, from where the state stands or from before it. */
  async #deliver(from = this.#random.below(4) === 0 ? this.#random.below(12) : 0): Promise<void> {
    const random = this.#random;
    const logs = random.below(5) === 0 ? this.#logs : this.#left();
    if (logs.length === 0) return;
    const log = logs[random.below(logs.length)]!;
    const start = Math.max(0, this.#next(log) - from);
    const batch = log.slice(start, start + 1 + random.below(random.below(2) === 0 ? 3 : 40));
    if (batch.length > 0) await this.#process!.intake.accept(batchOf(batch));
  }

  /** As the loop publishes: after a failure it asks what stands. */
  async #publish(refuses = this.#random.below(8) === 0): Promise<void> {
    const { state, publication } = this.#process!;
    this.#publisher.refuses = refuses;
    const input = publication.snapshot(this.#now);
    try {
      const version = await this.#publisher.publish(input);
      this.#publishes++;
      if (version <= Number(state.store.meta("published_version") ?? 0))
        this.#wrong.push(`version ${version} was published again`);
      publication.published(input, version);
      state.closed.published(input.sequence, version);
      this.#wrong.push(...this.#beside(state));
    } catch (error) {
      if (this.life.dead) throw error;
      publication.failed(await this.#publisher.open(state.store.stateId));
    }
  }

  /** What is due is judged behind what comes meanwhile, or now. */
  async #due(now = this.#random.below(2) === 0): Promise<void> {
    const { intake } = this.#process!;
    intake.judgeLater("reason = 'future_time' AND due <= ?", this.#now);
    if (now) await intake.judgeAll();
  }

  /** The last life, at the final time: everything that is left is read and published. */
  async #end(): Promise<void> {
    this.#deaths += DEATHS;
    if (this.#process !== null) {
      this.#process.state.close();
      this.#process = null;
    }
    await this.#start();
    this.#deaths -= DEATHS;
    while (this.#left().length > 0) await this.#deliver(0);
    this.#now = FINAL_NOW;
    await this.#due(true);
    await this.#publish();
    await this.#publish(false);
  }
}

import { ZoneCalendar } from "../../aggregations/calendar.js";
import { loadReference } from "../../connectors/config/reference.js";
import { BatchDecoder } from "../../connectors/decode/decoder.js";
import { SchemaRegistry } from "../../connectors/decode/registry.js";
import { loadWriterSchemas } from "../../connectors/decode/writers.js";
import { identityOf } from "../../connectors/duckdb/file.js";
import { DuckDbPublisher } from "../../connectors/duckdb/publish/publisher.js";
import { localUser } from "../../connectors/files/access-log.js";
import { statePath } from "../../connectors/files/paths.js";
import { FolderSource } from "../../connectors/folder/source.js";
import type { FiguresSource } from "../../connectors/ports/figures.js";
import type { BatchOutcome } from "../../connectors/ports/observer.js";
import { OUTCOMES } from "../../connectors/ports/observer.js";
import type { Publisher } from "../../connectors/ports/publisher.js";
import { SerialQueue } from "../../connectors/ports/serial-queue.js";
import {
  lagTotals,
  type Source,
  type SourceBatch,
  type SourceContext,
} from "../../connectors/ports/source.js";
import { stateError } from "../../connectors/state/file.js";
import type { Config } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { EpochMs } from "../../schemas/units.js";
import { closingOf } from "../closing/closing.js";
import { Intake } from "../ingest/intake.js";
import { quarantineService } from "../ingest/quarantine.js";
import { BATCH } from "../ingest/revalidation.js";
import type { ClosingState, PublishState } from "../ledger/ports.js";
import { State } from "../ledger/state.js";
import { cellsPath, publishAllCells } from "../publish/cells-file.js";
import { PublishLoop } from "../publish/loop.js";
import { Publication } from "../publish/publication.js";
import { Verifier } from "../verify/verifier.js";
import { AlertService } from "./alerts.js";
import { type Acceptance, checkBelonging, type StartOptions } from "./belonging.js";
import type { Feed } from "./feed.js";
import { engineKind } from "./kinds.js";
import type { Engine, EngineDeps, RunSummary } from "./port.js";
import { QualityLook } from "./quality.js";

/** The state is checkpointed after so many records, which bounds how long a start after a crash takes. */
const CHECKPOINT_RECORDS = 500_000;
/** How often due records are validated again and lag is told while running. */
const TICK_MS = 1000;

/** The source that the configuration names. */
export async function openSource(
  config: Config,
  deps: Pick<EngineDeps, "log">,
  run: { readonly stateId?: string; readonly acceptGaps?: readonly string[] } = {},
): Promise<Source> {
  const { source } = config;
  if (source.kind === "folder" && (run.acceptGaps ?? []).length > 0) {
    throw new FundpulseError("FP1003", "--accept-gap: a drop folder has no topics");
  }
  if (source.kind === "folder") return new FolderSource({ path: source.path, encoding: source.encoding });
  const { KafkaSource } = await import("../../connectors/kafka/source.js");
  return new KafkaSource({
    config: source,
    log: deps.log,
    instance: config.data,
    ...(run.stateId === undefined ? {} : { groupId: `fundpulse-${run.stateId}` }),
    acceptGaps: run.acceptGaps ?? [],
  });
}

export async function openDecoder(config: Config, schemas?: readonly string[]): Promise<BatchDecoder> {
  const registry =
    config.source.kind === "kafka" && config.source.schemaRegistry
      ? new SchemaRegistry(config.source.schemaRegistry)
      : undefined;
  return new BatchDecoder({
    calendar: new ZoneCalendar(config.timezone),
    registry,
    schemas: schemas ?? (await loadWriterSchemas(config.reference)),
    fields: config.source.fields,
  });
}

/** Parts that tests replace. */
export interface EngineParts {
  readonly source?: Source;
  readonly publisher?: Publisher;
  readonly figures?: FiguresSource;
}

/**
 * Opens the state of a workspace and everything around it. The caller holds the state lock. With `rebuild`
 * a state built under another configuration of dimensions is accepted and derived again.
 */
export async function assembleEngine(
  config: Config,
  deps: EngineDeps,
  parts: EngineParts = {},
  way: StartOptions = {},
): Promise<Engine> {
  const schemas = await loadWriterSchemas(config.reference);
  const decoder = await openDecoder(config, schemas);
  const reference = loadReference(config.reference, config.timezone, Object.keys(config.insurances));
  const kind = await engineKind(config, reference, schemas, deps, parts.figures);
  const open = async (rebuild: boolean): Promise<Opened> => {
    const accepted = await checkBelonging(config, way, deps.clock());
    const state = new State(config, reference, deps.clock, { rebuild });
    try {
      if (state.store.life.noteRestored(deps.clock())) state.mustPublishFull = true;
      if (accepted !== null) accept(state, accepted, deps);
      const intake = new Intake(state, decoder, { judgedHere: kind.judgedHere });
      const publisher = parts.publisher ?? new DuckDbPublisher({ dataDir: config.data, config });
      const { published, feed } = kind.open(state, intake);
      const publication = new Publication(published, intake, await publisher.open(state.store.stateId));
      const loop = new PublishLoop({ config, deps, state: published, intake, publication, publisher });
      if (rebuild) await intake.revalidate("1 = 1");
      if (!rebuild && state.tablesChanged) intake.tablesChanged();
      else state.derived();
      const alerts = new AlertService({ state, book: publication.alerts, loop, deps });
      return { state, published, feed, intake, publisher, loop, alerts };
    } catch (error) {
      state.close();
      throw error;
    }
  };

  /** SQLite may find damage at any read: that is FP2004, wherever it shows. */
  const readable = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw stateError(error, statePath(config.data));
    }
  };
  let opened: Opened | null = null;
  const current = async (): Promise<Opened> => {
    opened ??= await readable(() => open(false));
    return opened;
  };
  const publishNow = async (): Promise<void> => {
    const { loop } = await current();
    await loop.publishNow();
  };
  const quarantine = quarantineService(
    async () => (await current()).intake,
    async () => (await current()).state,
    publishNow,
  );
  const queue = new SerialQueue();
  /** What is asked of the engine happens between two batches, never beside one. */
  const betweenBatches = <T>(work: (opened: Opened) => Promise<T>): Promise<T> =>
    queue.run(async () => {
      const now = await current();
      return readable(() => work(now));
    });
  /** As `betweenBatches`, for what needs everything judged that is due to be. */
  const judged = <T>(work: (opened: Opened) => Promise<T>): Promise<T> =>
    betweenBatches(async (now) => {
      await now.intake.judgeAll();
      return work(now);
    });
  /** As `judged`, for what changes the state and is published at once. */
  const publishing = <T>(work: (opened: Opened) => Promise<T>): Promise<T> =>
    judged((now) => {
      now.loop.refuseHeld();
      return work(now);
    });
  const verifier = new Verifier(
    (work) => judged(({ published, loop }) => work({ state: published, loop })),
    kind.settlements,
  );
  /** Some at a time: records that come meanwhile need not wait for all. */
  const retry = async (ids: readonly number[]): Promise<{ retried: number; resolved: number }> => {
    const sum = { retried: 0, resolved: 0 };
    for (let from = 0; from < ids.length; from += BATCH) {
      const part = ids.slice(from, from + BATCH);
      const { retried, resolved } = await publishing(() => quarantine.retry(part));
      sum.retried += retried;
      sum.resolved += resolved;
    }
    await publishing(publishNow);
    return sum;
  };

  return kind.able({
    run: async ({ untilDrained, signal, acceptGaps = [] }) => {
      const parts_ = await queue.run(current);
      const { stateId } = parts_.state.store;
      const source =
        parts.source ?? (await openSource({ ...config, source: kind.source }, deps, { stateId, acceptGaps }));
      try {
        return await readable(() => consume(parts_, source, deps, queue, untilDrained, signal));
      } finally {
        await Promise.all([source.close(), parts_.feed?.close()]);
      }
    },
    rebuild: async (onProgress) => {
      opened = await readable(() => open(true));
      const { loop, state } = opened;
      const total = state.store.settlements.months().length;
      onProgress(total, total);
      const version = await loop.publishNow();
      return { settlements: state.store.settlements.ids.size, version };
    },
    describe: () =>
      betweenBatches(async ({ state: { store }, loop }) => ({
        state: store.stateId,
        settlements: store.settlements.ids.size,
        sequence: store.sequence,
        version: loop.version,
      })),
    quarantine: {
      list: (filter) => betweenBatches(() => quarantine.list(filter)),
      show: (id) => betweenBatches(() => quarantine.show(id)),
      retry,
      dismiss: (ids, why) => publishing(() => quarantine.dismiss(ids, why)),
      dismissFile: (name, why) => publishing(() => quarantine.dismissFile(name, why)),
    },
    alerts: {
      list: () => betweenBatches(async ({ alerts }) => alerts.list()),
      acknowledge: (id, by, note) => publishing(({ alerts }) => alerts.acknowledge(id, by, note)),
    },
    gaps: {
      list: () => betweenBatches(async ({ state }) => state.store.gaps.list()),
      dismiss: (id, by, note) => publishing((now) => dismissGap(now, deps, id, { who: by, note })),
    },
    publish: () => judged(async ({ loop, published }) => ({ version: await publishAll(loop, published) })),
    close: async (period, options) => {
      const result = await publishing((now) =>
        closingOf({ ...now, state: now.published }).close(period, options),
      );
      const { outcome, version } = result;
      const problems = result.problems.map((p) => p.problem);
      if (outcome === "closed") deps.log.info("period closed", { period, version, problems });
      if (outcome === "refused") deps.log.info("close refused", { period, problems });
      return result;
    },
    due: (day) => judged((now) => closingOf({ ...now, state: now.published }).due(day)),
    verify: () => readable(() => verifier.verify()),
    writeDetail: (need) => readable(() => verifier.writeDetail(need ? { need } : {})),
    end: async () => {
      await verifier.idle();
      if (opened === null) return;
      const { state, published, publisher, loop, alerts } = opened;
      opened = null;
      await alerts.end();
      await readable(async () => {
        try {
          await loop.stop();
          await publisher.close();
          // After a failed commit the months in memory are ahead of the state.
          if (state.store.failed === null) published.months.checkpoint();
        } finally {
          state.close();
        }
      });
    },
  });
}

/** @throws FundpulseError FP2014 where no such gap stands open */
async function dismissGap(
  { state, loop }: Opened,
  deps: EngineDeps,
  id: number,
  by: { readonly who: string; readonly note: string },
): Promise<void> {
  if (!state.store.gaps.dismiss(id, { at: deps.clock(), ...by })) {
    throw new FundpulseError("FP2014", `gap ${id} does not stand open`);
  }
  deps.log.info("gap dismissed", { gap: id, by: by.who });
  await loop.publishAgain();
}

/** Records in the state how it goes on although it does not match the published file. */
function accept(state: State, { kind, detail, replaces }: Acceptance, { clock, log }: EngineDeps): void {
  const { life } = state.store;
  if (kind === "new-state") life.begin(clock(), kind, detail, replaces);
  else life.branch(clock(), kind, detail, replaces);
  state.mustPublishFull = true;
  log.warn(kind === "new-state" ? "a new state begins" : "an older state goes on", { ...detail });
}

/** Publishes what is not yet published, both files side by side; returns the version of the main one. */
async function publishAll(loop: PublishLoop, state: PublishState): Promise<number> {
  const [main, cells] = await Promise.allSettled([loop.publishNow(), publishCellsIfChanged(state)]);
  if (main.status === "rejected") throw main.reason;
  if (cells.status === "rejected") throw cells.reason;
  return main.value;
}

/**
 * `cells.duckdb` follows when a run has drained or stopped, not at every publish: it holds every month. One that is not the
 * file that this state wrote last (another state's, an older one, a damaged one) is written anew.
 */
async function publishCellsIfChanged(state: PublishState): Promise<void> {
  const { store } = state;
  const touched = store.months.touchedSince(Number(store.meta("cells_sequence") ?? 0));
  const path = cellsPath(state.config);
  const standing = await identityOf(path);
  if (touched.length === 0 && standing !== "" && standing === store.meta("cells_file")) return;
  const { sequence } = store;
  await publishAllCells(state);
  const written = await identityOf(path);
  store.commit(() => {
    store.setMeta("cells_sequence", String(sequence));
    store.setMeta("cells_file", written);
  });
}

interface Opened {
  readonly state: State;
  /** The state as publishing and closing know it. */
  readonly published: ClosingState;
  readonly feed: Feed | null;
  readonly intake: Intake;
  readonly publisher: Publisher;
  readonly loop: PublishLoop;
  readonly alerts: AlertService;
}

/** Runs one source into the state, publishing as it goes. */
async function consume(
  { state, published, feed, intake, loop, alerts }: Opened,
  source: Source,
  deps: EngineDeps,
  queue: SerialQueue,
  untilDrained: boolean,
  signal: AbortSignal,
): Promise<RunSummary> {
  const counts = { applied: 0, duplicate: 0, held: 0, quarantined: 0 };
  let sinceCheckpoint = 0;
  let failure: unknown;
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) stop.abort();

  const took = (outcome: BatchOutcome, appendedAtMs: EpochMs | null): void => {
    for (const key of OUTCOMES) counts[key] += outcome[key];
    deps.observer.batch(outcome);
    sinceCheckpoint += outcome.applied;
    if (sinceCheckpoint >= CHECKPOINT_RECORDS) {
      sinceCheckpoint = 0;
      published.months.checkpoint();
    }
    loop.changed(appendedAtMs);
    judge();
  };
  const deliver = async (batch: SourceBatch): Promise<void> => {
    const outcome = await queue.run(() => intake.accept(batch));
    took(outcome, batch.appendedAtMs);
    // Give timers and the publisher's promises their turn.
    await new Promise((resolve) => setImmediate(resolve));
  };
  /** A change that came without records is to be published, also where no record follows. */
  const toldBeside = (): void => {
    intake.changes++;
    loop.changed(null);
  };
  const context: SourceContext = {
    committed: (name, partition) => state.store.partitions.find(name, partition),
    partitions: (name) => state.store.partitions.all().filter((p) => p.source === name),
    signal: stop.signal,
    incomplete: (why) => {
      loop.hold(why);
      deps.observer.incomplete?.(why);
    },
    lost: (gap, next) => {
      state.store.gaps.accept(gap, next, { at: deps.clock(), who: localUser().who });
      toldBeside();
    },
    warn: (event, detail) => deps.log.warn(event, detail),
    changedAs: (name, partition) => intake.changedFiles.known(name, partition),
    changed: async (change) => {
      const keep = await intake.changedFiles.look(change);
      await queue.run(async () => keep());
      toldBeside();
    },
    restored: async (name, partition) => {
      await queue.run(async () => intake.changedFiles.restored(name, partition));
      toldBeside();
    },
  };
  const fail = (error: unknown): void => {
    failure ??= error;
    stop.abort();
  };
  let judging: Promise<void> | null = null;
  /** Waiting records that are due, some at a time, each time behind what has come meanwhile. */
  const judgeOn = async (): Promise<void> => {
    while (intake.toJudge && !stop.signal.aborted) {
      const resolved = await queue.run(() => intake.judgeSome());
      if (resolved > 0) loop.changed(null);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const judge = (): void => {
    if (!intake.toJudge) return;
    judging ??= judgeOn()
      .catch(fail)
      .finally(() => {
        judging = null;
      });
  };
  const revalidateDue = async (): Promise<void> => {
    await queue.run(async () => intake.judgeLater("reason = 'future_time' AND due <= ?", deps.clock()));
    judge();
  };
  const quality = new QualityLook(state);
  const tellQuality = async (): Promise<void> => {
    const outcome = await quality.look();
    if (outcome !== null) deps.observer.quality?.(outcome);
  };
  let revalidating: Promise<void> | null = null;
  let asking = false;
  const tick = setInterval(() => {
    if (failure !== undefined) return;
    revalidating ??= revalidateDue()
      .catch(fail)
      .finally(() => {
        revalidating = null;
      });
    try {
      deps.observer.gaps?.(state.store.gaps.open());
      alerts.tick(deps.clock());
    } catch (error) {
      fail(error);
    }
    void loop.restore().catch(fail);
    void tellQuality().catch(fail);
    if (asking) return;
    asking = true;
    // A source that cannot tell its lag just now says so where it reads.
    source
      .lag()
      .then(
        (lags) => deps.observer.lag([...lags, ...(feed?.lag() ?? [])]),
        (error: Error) => deps.log.debug("lag unknown", { error: error.message }),
      )
      .finally(() => {
        asking = false;
        const connection = source.connection?.() ?? null;
        if (connection !== null) deps.observer.connection?.(connection);
      });
  }, TICK_MS);
  alerts.start();
  loop.start(fail);
  try {
    await tellQuality();
    // What became due while nothing ran; a drained run may be over before the first tick.
    await revalidateDue();
    const drained = new Set<string>();
    const drainedOf = (what: string) => (): void => {
      drained.add(what);
      if (drained.size < (feed === null ? 1 : 2)) return;
      loop.drained();
      deps.observer.drained();
    };
    await together(stop, [
      source.run(context, deliver, { untilDrained, onDrained: drainedOf("source") }),
      feed?.run({
        signal: stop.signal,
        untilDrained,
        between: (work) => queue.run(work),
        fed: ({ outcome, appendedAtMs }) => took(outcome, appendedAtMs),
        onDrained: drainedOf("feed"),
        warn: context.warn,
      }),
    ]);
  } finally {
    clearInterval(tick);
    signal.removeEventListener("abort", abort);
    await revalidating;
    await judging;
    await loop.stop();
  }
  if (failure) throw failure;
  // Stopped while another member read a part: what came is kept, and published by the run that has all of it.
  if (loop.held) return { ...counts, version: loop.version, drained: false, inOpenTransactions: 0 };
  const waiting = untilDrained && !signal.aborted ? await openTransactions(source) : 0;
  if (!signal.aborted) await queue.run(() => intake.judgeAll());
  const version = await queue.run(async () => {
    const standing = await publishAll(loop, published);
    return alerts.isDue() ? loop.publishAgain() : standing;
  });
  const drained = untilDrained && !signal.aborted && waiting === 0;
  return { ...counts, version, drained, inOpenTransactions: waiting };
}

/** Waits for all of them; where one fails, the others are stopped. */
async function together(stop: AbortController, all: readonly (Promise<void> | undefined)[]): Promise<void> {
  const failing = all.map((one) =>
    one?.catch((error: unknown) => {
      stop.abort();
      throw error;
    }),
  );
  for (const ended of await Promise.allSettled(failing)) if (ended.status === "rejected") throw ended.reason;
}

/** Records that stand in the log but may not be read yet; 0 also where the source cannot tell any more. */
async function openTransactions(source: Source): Promise<number> {
  const lags = await source.lag().catch(() => []);
  return lagTotals(lags).inOpenTransactions;
}

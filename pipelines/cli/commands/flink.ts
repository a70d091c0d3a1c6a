import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadConfig } from "../../../connectors/config/load.js";
import { loadReference } from "../../../connectors/config/reference.js";
import { loadWriterSchemas } from "../../../connectors/decode/writers.js";
import { makeFolder, PRIVATE_FOLDER } from "../../../connectors/files/modes.js";
import { flinkHome } from "../../../connectors/flink/cluster/distribution.js";
import { fundpulseJar, jarPath } from "../../../connectors/flink/cluster/jar.js";
import { FlinkRest, type JobOverview } from "../../../connectors/flink/cluster/rest.js";
import { submitScript } from "../../../connectors/flink/cluster/sql-client.js";
import { type FiguresTold, readFiguresTopic } from "../../../connectors/flink/figures-reader.js";
import { ensureFiguresTopic } from "../../../connectors/flink/figures-topic.js";
import { generateJob, type JobManifest } from "../../../connectors/flink/generate.js";
import { wiringOf } from "../../../connectors/flink/job-source.js";
import type { Wiring } from "../../../connectors/flink/tables.js";
import type { Log } from "../../../connectors/ports/log.js";
import { Privacy } from "../../../connectors/state/person-key.js";
import type { Config, KafkaSourceConfig } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { FIGURES_TOPIC } from "../../../schemas/figures-topic.js";
import { commandLog } from "../../workspace/log.js";
import { portOf } from "../terminal/port.js";
import { count } from "../terminal/progress.js";
import { say } from "../terminal/say.js";

export interface JobOptions {
  readonly config: string;
  readonly name: string;
  /** Default: that of `engine.figures`. */
  readonly figures?: string;
  readonly property: readonly string[];
}

interface Job {
  readonly config: Config;
  readonly wiring: Wiring;
  readonly sql: string;
  readonly manifest: JobManifest;
}

/** Generates the job of a configuration: whatever has no form in one is told before anything is built or reached. */
async function jobOf(config: Config, options: JobOptions, jar: string | null): Promise<Job> {
  const { engine } = config;
  const figures = options.figures ?? (engine.kind === "flink" ? engine.figures : FIGURES_TOPIC);
  const wiring = wiringOf(config, { ...options, figures, properties: options.property });
  const { categories, facilities } = loadReference(
    config.reference,
    config.timezone,
    Object.keys(config.insurances),
  );
  const schemas = await loadWriterSchemas(config.reference);
  return { config, wiring, ...generateJob({ config, categories, facilities, schemas }, wiring, jar) };
}

/** `fundpulse flink generate`: the script, and its manifest beside it. */
export async function flinkGenerate(
  options: JobOptions & { readonly out: string; readonly jar?: string },
): Promise<number> {
  const { config } = loadConfig(options.config);
  const { sql, manifest, jar } = await withJar(config, options);
  // It may hold what `--property` said.
  writeFileSync(options.out, sql, { mode: 0o600 });
  const beside = `${options.out.replace(/\.sql$/, "")}.manifest.json`;
  writeFileSync(beside, `${JSON.stringify(manifest, null, 1)}\n`);
  say(`${options.out}: ${count(sql.length)} characters, digest ${manifest.digest}\n${beside}\njar: ${jar}\n`);
  return 0;
}

/** The job with the jar that it needs, which is built last. */
async function withJar(
  config: Config,
  options: JobOptions & { readonly jar?: string },
  signal?: AbortSignal,
): Promise<Job & { readonly jar: string }> {
  const given = options.jar === undefined ? undefined : resolve(options.jar);
  if (given !== undefined && !existsSync(given)) {
    throw new FundpulseError("FP1003", `--jar ${options.jar}: there is no such file`);
  }
  const jar = given ?? jarPath();
  const job = await jobOf(config, options, jar);
  if (given === undefined) await fundpulseJar(signal);
  return { ...job, jar };
}

/** Hands the job of a configuration to a cluster that is there. */
async function submitJob(
  { sql, manifest, wiring, config }: Job,
  options: { readonly config: string },
  submit: (file: string) => Promise<readonly string[]>,
): Promise<void> {
  const log = commandLog(loadConfig(options.config));
  const made = await ensureFiguresTopic(config.source as KafkaSourceConfig, wiring, log);
  say(`figures topic ${wiring.topics.figures}: ${made}\nsubmitting; Flink plans for half a minute …\n`);
  const work = mkdtempSync(join(tmpdir(), "fundpulse-flink-"));
  try {
    const file = join(work, "job.sql");
    writeFileSync(file, sql, { mode: 0o600 });
    const [id] = await submit(file);
    say(`job ${id} runs as ${wiring.name}, digest ${manifest.digest}\n`);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** `fundpulse flink submit`. */
export async function flinkSubmit(
  options: JobOptions & { readonly flink: string; readonly flinkHome?: string; readonly jar?: string },
): Promise<number> {
  const rest = restOf(options.flink);
  const { config } = loadConfig(options.config);
  await jobOf(config, options, null);
  const running = await rest.running(options.name);
  if (running) {
    throw new FundpulseError(
      "FP3102",
      `job ${options.name} already runs (${running.jid}); two of one name would abort each other's transactions`,
    );
  }
  const job = await withJar(config, options);
  const home = options.flinkHome ?? process.env.FLINK_HOME ?? (await flinkHome());
  await submitJob(job, options, (file) => submitScript(home, file, { rest: options.flink }));
  return 0;
}

function restOf(url: string): FlinkRest {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new FundpulseError("FP1003", `--flink ${url}: an address such as http://jobmanager:8081`);
  }
  const { username, search, hash } = new URL(url);
  if (username + search + hash !== "") {
    throw new FundpulseError("FP1003", "--flink: an address without a user, query or fragment");
  }
  return new FlinkRest(url);
}

/** What is told of a running job; times in milliseconds. */
export interface JobStatus {
  readonly job: string;
  readonly name: string;
  readonly state: string;
  readonly runningMs: number;
  readonly checkpoints: { readonly completed: number; readonly failed: number };
  readonly lastCheckpoint: {
    readonly ageMs: number;
    readonly durationMs: number;
    readonly stateBytes: number;
  } | null;
  readonly lastCheckpointFailure: string | null;
  readonly lastFailure: string | null;
  readonly figures: {
    readonly records: number;
    readonly lag: FiguresTold["lag"];
    /** Digest of the job that writes them, and of the configuration here. */
    readonly digest: string | null;
    readonly wantedDigest: string;
    /** Whether the job runs under the person key of the configuration; null where it is not known. */
    readonly sameKey: boolean | null;
    readonly whole: boolean;
  };
}

/** Figures older than this speak of a job that stands still. */
const OLD_MS = 300_000;

async function statusOf(rest: FlinkRest, running: JobOverview, job: Job, log: Log): Promise<JobStatus> {
  const { counts, latest } = await rest.checkpoints(running.jid);
  const { completed, failed } = latest;
  const { manifest, config } = job;
  const told = await readFiguresTopic(config.source as KafkaSourceConfig, manifest, log);
  const keyCheck = new Privacy(config.privacy.personKey).keyCheck;
  return {
    job: running.jid,
    name: running.name,
    state: running.state,
    runningMs: running.duration,
    checkpoints: { completed: counts.completed, failed: counts.failed },
    lastCheckpoint: completed
      ? {
          ageMs: Math.max(0, Date.now() - completed.latest_ack_timestamp),
          durationMs: completed.end_to_end_duration,
          stateBytes: completed.state_size,
        }
      : null,
    lastCheckpointFailure: failed?.failure_message ?? null,
    lastFailure: await rest.lastFailure(running.jid),
    figures: {
      records: told.figures,
      lag: told.lag,
      digest: told.manifest?.digest ?? null,
      wantedDigest: manifest.digest,
      sameKey: told.manifest ? told.manifest.keyCheck === keyCheck : null,
      whole: told.whole,
    },
  };
}

/**
 * `fundpulse flink status`. Exit code 1: it stands still, or has not said yet which job it is; 3: it is another job than
 * the configuration's, or runs under another key.
 */
export async function flinkStatus(
  options: JobOptions & { readonly flink: string; readonly format: string },
): Promise<number> {
  const rest = restOf(options.flink);
  const loaded = loadConfig(options.config);
  const job = await jobOf(loaded.config, options, null);
  const running = await rest.running(options.name);
  if (running === undefined) {
    throw new FundpulseError("FP3102", `no job ${options.name} runs on ${options.flink}`);
  }
  const status = await statusOf(rest, running, job, commandLog(loaded));
  if (options.format === "json") say(`${JSON.stringify(status, null, 1)}\n`);
  else say(statusText(status));
  return statusExitCode(status);
}

export function statusExitCode({ figures, lastCheckpoint, runningMs, state }: JobStatus): 0 | 1 | 3 {
  if (figures.digest !== null && (figures.digest !== figures.wantedDigest || figures.sameKey === false))
    return 3;
  const isKnown = figures.digest !== null && figures.sameKey !== null;
  const age = lastCheckpoint?.ageMs ?? runningMs;
  return isKnown && state === "RUNNING" && age <= OLD_MS ? 0 : 1;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

export function statusText(s: JobStatus): string {
  const { lastCheckpoint: last, figures } = s;
  const lines = [
    `job          ${s.name} (${s.job})`,
    `state        ${s.state} for ${seconds(s.runningMs)}`,
    `checkpoints  ${count(s.checkpoints.completed)} done, ${count(s.checkpoints.failed)} failed`,
    last
      ? `figures      of ${seconds(last.ageMs)} ago; the checkpoint took ${seconds(last.durationMs)}, state ${count(last.stateBytes / 1_000_000)} MB`
      : "figures      none yet: no checkpoint is done",
    `             ${count(figures.records)} records${figures.whole ? "" : " read in a minute; there are more"}, lag: ${count(figures.lag.settlement)} settlements, ${count(figures.lag.facility)} facilities`,
    ...(figures.digest !== null && figures.digest !== figures.wantedDigest
      ? [
          `OTHER JOB    its digest is ${figures.digest}, the configuration's ${figures.wantedDigest}: start a new job into a figures topic of its own`,
        ]
      : []),
    ...(figures.digest === null ? ["NOT KNOWN    no figures yet that say which job writes them"] : []),
    ...(figures.sameKey === false
      ? ["OTHER KEY    FUNDPULSE_PERSON_KEY of the TaskManagers is not privacy.personKey"]
      : []),
    ...(s.lastCheckpointFailure ? [`last failed checkpoint  ${s.lastCheckpointFailure}`] : []),
    ...(s.lastFailure ? [`last failure  ${s.lastFailure}`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * The first SIGINT, SIGTERM or SIGHUP ends what goes on in order, the second at once: whatever was started goes with this
 * process.
 */
function untilSignal(): { readonly signal: AbortSignal; readonly forget: () => void } {
  const controller = new AbortController();
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  for (const name of names) process.on(name, stop);
  return {
    signal: controller.signal,
    forget: () => {
      for (const name of names) process.off(name, stop);
    },
  };
}

/** `fundpulse flink dev`: a cluster of this machine with the job of the configuration, until Ctrl-C. */
export async function flinkDev(
  options: JobOptions & {
    readonly dir?: string;
    readonly port: string;
    readonly slots: string;
    readonly memory: string;
  },
): Promise<number> {
  const { config } = loadConfig(options.config);
  const port = portOf(options.port);
  if (!/^[1-9]\d{0,3}$/.test(options.slots))
    throw new FundpulseError("FP1003", `--slots ${options.slots}: a number from 1 to 9999`);
  const { signal, forget } = untilSignal();
  try {
    // Before anything is downloaded: what cannot become a job is told at once.
    await jobOf(config, options, null);
    say("Flink and its Kafka connector; the first time about 330 MB come from PyPI and Maven Central …\n");
    const job = await withJar(config, options, signal);
    const dir = resolve(options.dir ?? join(config.data, "flink"));
    makeFolder(dir, PRIVATE_FOLDER);
    signal.throwIfAborted();
    await devCluster(job, { ...options, dir, port }, signal);
  } catch (error) {
    // What is said of a start that was stopped is of no interest.
    if (!signal.aborted) throw error;
  } finally {
    forget();
  }
  return 0;
}

async function devCluster(
  job: Job,
  options: {
    readonly config: string;
    readonly dir: string;
    readonly port: number | undefined;
    readonly slots: string;
    readonly memory: string;
  },
  signal: AbortSignal,
): Promise<void> {
  const { LocalCluster } = await import("../../../connectors/flink/cluster/local.js");
  const cluster = await LocalCluster.start({
    dir: options.dir,
    memory: options.memory,
    slots: Number(options.slots),
    ...(options.port ? { port: options.port } : {}),
    env: { FUNDPULSE_PERSON_KEY: job.config.privacy.personKey },
    signal,
  });
  try {
    say(`Flink's web page: ${cluster.rest.url}\n`);
    await submitJob(job, options, (file) => cluster.submit(file, signal));
    say("Ctrl-C stops it\n");
    if (!signal.aborted) await once(signal, "abort");
  } finally {
    say("stopping …\n");
    await cluster.stop();
  }
}

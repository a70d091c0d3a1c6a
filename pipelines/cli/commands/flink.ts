import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadConfig } from "../../../connectors/config/load.js";
import { countArchiveFiles } from "../../../connectors/duckdb/archive/files.js";
import { makeFolder, PRIVATE_FOLDER } from "../../../connectors/files/modes.js";
import { flinkHome } from "../../../connectors/flink/cluster/distribution.js";
import { submitScript } from "../../../connectors/flink/cluster/sql-client.js";
import { text } from "../../../connectors/flink/dialect.js";
import { readFiguresTopic } from "../../../connectors/flink/figures-reader.js";
import { ensureFiguresTopic } from "../../../connectors/flink/figures-topic.js";
import { Privacy } from "../../../connectors/state/person-key.js";
import type { Config, KafkaSourceConfig } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { refuseOtherJob } from "../../ingest/figures.js";
import { commandLog } from "../../workspace/log.js";
import { portOf } from "../terminal/port.js";
import { count } from "../terminal/progress.js";
import { say } from "../terminal/say.js";
import { untilSignal } from "../terminal/signals.js";
import { type Job, type JobOptions, jobOf, restOf, withJar } from "./flink-job.js";
import { generateManifests, type KubernetesOptions } from "./flink-kubernetes.js";
import { checkSavepoint } from "./flink-savepoint.js";

/** `fundpulse flink generate`: the script, and its manifest beside it. */
export async function flinkGenerate(
  options: JobOptions & { readonly out: string; readonly jar?: string } & KubernetesOptions,
): Promise<number> {
  const { config } = loadConfig(options.config);
  if (options.kubernetes === true) return generateManifests(config, options);
  const { sql, manifest, jar } = await withJar(config, options);
  // It may hold what `--property` said.
  writeFileSync(options.out, sql, { mode: 0o600 });
  const beside = `${options.out.replace(/\.sql$/, "")}.manifest.json`;
  writeFileSync(beside, `${JSON.stringify(manifest, null, 1)}\n`);
  say(`${options.out}: ${count(sql.length)} characters, digest ${manifest.digest}\n${beside}\njar: ${jar}\n`);
  return 0;
}

/** `fundpulse flink topic`. */
export async function flinkTopic(options: JobOptions): Promise<number> {
  const loaded = loadConfig(options.config);
  const { wiring, manifest } = await jobOf(loaded.config, options, null);
  const source = loaded.config.source as KafkaSourceConfig;
  const log = commandLog(loaded);
  const made = await ensureFiguresTopic(source, wiring, log, true);
  const told = made === "made" ? null : await readFiguresTopic(source, manifest, log);
  const { figures } = wiring.topics;
  if (told?.manifest)
    refuseOtherJob(manifest, new Privacy(loaded.config.privacy.personKey).keyCheck, told.manifest);
  else if (told !== null && told.figures > 0)
    throw new FundpulseError(
      "FP3103",
      `topic ${figures} holds records of which no job says that they are its own`,
    );
  const text = told?.manifest
    ? `holds ${count(told.figures)} figures of this job: only the deployment that wrote them may go on there`
    : made === "made"
      ? "made"
      : "is there, and empty";
  say(`topic ${figures} ${text}\n`);
  return 0;
}

/** Hands the job of a configuration to a cluster that is there. */
async function submitJob(
  { sql, manifest, wiring, config }: Job,
  options: { readonly config: string; readonly fromSavepoint?: string },
  submit: (file: string) => Promise<readonly string[]>,
): Promise<void> {
  const log = commandLog(loadConfig(options.config));
  const { fromSavepoint } = options;
  const goesOn = fromSavepoint !== undefined;
  if (!goesOn) refuseUsedArchive(config, wiring.topics.figures);
  const made = await ensureFiguresTopic(config.source as KafkaSourceConfig, wiring, log, goesOn);
  say(`figures topic ${wiring.topics.figures}: ${made}\nsubmitting; Flink plans for half a minute …\n`);
  const work = mkdtempSync(join(tmpdir(), "fundpulse-flink-"));
  try {
    const file = join(work, "job.sql");
    writeFileSync(file, goesOn ? fromPath(fromSavepoint) + sql : sql, { mode: 0o600 });
    const [id] = await submit(file);
    say(`job ${id} runs as ${wiring.name}, digest ${manifest.digest}\n`);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/**
 * A job that begins anew would write rows again that are there, of which nobody could tell whose they are.
 * @throws FundpulseError FP3102
 */
function refuseUsedArchive({ engine }: Config, figures: string): void {
  if (engine.kind !== "flink" || engine.archive === undefined) return;
  const folder = join(engine.archive, figures);
  const files = countArchiveFiles(folder);
  if (files === 0) return;
  throw new FundpulseError(
    "FP3102",
    `the archive ${folder} holds ${count(files)} files of another job; a job that begins anew needs a figures topic of its own, whose folder is empty: name one with --figures`,
  );
}

/** Lets what follows in a script begin with the state of a savepoint. */
const fromPath = (path: string): string => `SET 'execution.state-recovery.path' = ${text(path)};\n`;

/** `fundpulse flink submit`. */
export async function flinkSubmit(
  options: JobOptions & {
    readonly flink: string;
    readonly flinkHome?: string;
    readonly jar?: string;
    readonly fromSavepoint?: string;
  },
): Promise<number> {
  const rest = restOf(options.flink);
  const { config } = loadConfig(options.config);
  const planned = await jobOf(config, options, null);
  const running = await rest.running(options.name);
  if (running) {
    throw new FundpulseError(
      "FP3102",
      `job ${options.name} already runs (${running.jid}); two of one name would abort each other's transactions`,
    );
  }
  if (options.fromSavepoint !== undefined) await checkSavepoint(planned, options, options.fromSavepoint);
  const job = await withJar(config, options);
  const home = options.flinkHome ?? process.env.FLINK_HOME ?? (await flinkHome());
  await submitJob(job, options, (file) => submitScript(home, file, { rest: options.flink }));
  return 0;
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
  const { signal, forget } = untilSignal(["SIGINT", "SIGTERM", "SIGHUP"]);
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

import { loadConfig } from "../../../connectors/config/load.js";
import type { FlinkRest } from "../../../connectors/flink/cluster/rest.js";
import { takeSavepoint } from "../../../connectors/flink/cluster/savepoint.js";
import { readFiguresTopic } from "../../../connectors/flink/figures-reader.js";
import { noteSavepoint, refuseLaterFigures } from "../../../connectors/flink/savepoint-note.js";
import { Privacy } from "../../../connectors/state/person-key.js";
import type { KafkaSourceConfig } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { refuseOtherJob } from "../../ingest/figures.js";
import { commandLog } from "../../workspace/log.js";
import { say, sayAside } from "../terminal/say.js";
import { type Job, type JobOptions, jobOf, restOf } from "./flink-job.js";

/** A large figures topic is read to its end. */
const READ_MS = 600_000;

/** Holds what the figures topic says of its job against the configuration's; nothing may be unknown. */
async function ownTopic(job: Job, options: { readonly config: string }) {
  const { manifest, config } = job;
  const log = commandLog(loadConfig(options.config));
  const told = await readFiguresTopic(config.source as KafkaSourceConfig, manifest, log, READ_MS);
  if (told.manifest === null) {
    throw new FundpulseError(
      "FP3106",
      `topic ${manifest.topics.figures} does not say which job writes it: it holds no figures that a job could go on from`,
    );
  }
  refuseOtherJob(manifest, new Privacy(config.privacy.personKey).keyCheck, told.manifest);
  return { told, log };
}

/** A savepoint belongs to the figures that its job has written: noted in another topic, it would end the wrong ones. */
async function requireOwnFigures(rest: FlinkRest, running: string, { manifest }: Job): Promise<void> {
  const { figures } = manifest.topics;
  const written = await rest.figuresOf(running);
  if (written === figures) return;
  throw new FundpulseError(
    "FP3106",
    `job ${running} ${written === null ? "does not say which topic it writes" : `writes topic ${written}`}, and the configuration's is ${figures}; it goes on`,
    { action: "name the topic that it writes with --figures, or correct engine.figures" },
  );
}

/** `fundpulse flink savepoint`: prints its path, and nothing else, to the standard output. */
export async function flinkSavepoint(
  options: JobOptions & {
    readonly flink: string;
    readonly dir?: string;
    readonly stop?: boolean;
    readonly timeout: string;
  },
): Promise<number> {
  const rest: FlinkRest = restOf(options.flink);
  if (options.dir?.trim() === "")
    throw new FundpulseError("FP1003", "--dir: a folder that the cluster can write");
  if (!/^[1-9]\d{0,5}$/.test(options.timeout))
    throw new FundpulseError("FP1003", `--timeout ${options.timeout}: whole seconds`);
  const { config } = loadConfig(options.config);
  const job = await jobOf(config, options, null);
  const running = await rest.running(options.name);
  if (running === undefined)
    throw new FundpulseError("FP3102", `no job ${options.name} runs on ${options.flink}`);
  const stop = options.stop === true;
  if (stop) await requireOwnFigures(rest, running.jid, job);
  const own = stop ? await ownTopic(job, options) : null;
  const path = await takeSavepoint(rest, running, {
    ...(options.dir === undefined ? {} : { dir: options.dir }),
    stop,
    timeoutMs: Number(options.timeout) * 1000,
  });
  if (own !== null) {
    const { figures } = job.manifest.topics;
    try {
      await noteSavepoint(config.source as KafkaSourceConfig, figures, path, own.log);
    } catch (cause) {
      throw new FundpulseError(
        "FP3106",
        `the job has stopped with savepoint ${path}, but topic ${figures} could not be told so, and no job may go on from it: ${(cause as Error).message}`,
        {
          cause,
          action: `let this user write topic ${figures}; else start the job into a figures topic of its own`,
        },
      );
    }
  } else sayAside("the job goes on: to start one from a savepoint, end it with --stop\n");
  say(`${path}\n`);
  return 0;
}

/** Before a job is submitted from a savepoint: its figures topic must be the one of that job, and end with it. */
export async function checkSavepoint(
  job: Job,
  options: { readonly config: string },
  path: string,
): Promise<void> {
  if (!/^[a-z0-9+.-]+:\/?\/?\S+$|^\/\S+$/i.test(path))
    throw new FundpulseError("FP1003", `--from-savepoint ${path}: the path that flink savepoint printed`);
  const { told } = await ownTopic(job, options);
  refuseLaterFigures(job.manifest.topics.figures, path, told);
}

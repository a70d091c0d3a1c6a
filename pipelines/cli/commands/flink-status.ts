import { loadConfig } from "../../../connectors/config/load.js";
import type { FlinkRest, JobOverview } from "../../../connectors/flink/cluster/rest.js";
import { type FiguresTold, readFiguresTopic } from "../../../connectors/flink/figures-reader.js";
import type { Log } from "../../../connectors/ports/log.js";
import { Privacy } from "../../../connectors/state/person-key.js";
import type { KafkaSourceConfig } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { commandLog } from "../../workspace/log.js";
import { count } from "../terminal/progress.js";
import { say } from "../terminal/say.js";
import { type Job, type JobOptions, jobOf, restOf } from "./flink-job.js";

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

import { setTimeout as sleep } from "node:timers/promises";
import { FundpulseError } from "../../../schemas/errors.js";
import type { FlinkRest, JobOverview } from "./rest.js";

const POLL_MS = 500;
/** A job that stopped with a savepoint is over a moment later. */
const END_MS = 60_000;

interface Trigger {
  readonly "request-id": string;
}
interface Progress {
  readonly status: { readonly id: string };
  readonly operation?: {
    readonly location?: string;
    readonly "failure-cause"?: { readonly class?: string; readonly "stack-trace"?: string };
  };
}

export interface SavepointOptions {
  /** Folder that the cluster can write, as it knows it; undefined: the one of its configuration. */
  readonly dir?: string;
  /** The job ends with it: nothing is computed or written after it. */
  readonly stop: boolean;
  readonly timeoutMs: number;
}

/**
 * Lets a running job write a savepoint; returns its path when it is complete, and with `stop` when the job is over.
 * @throws FundpulseError FP3106 where Flink could not take it, FP3102 where the cluster does not answer
 */
export async function takeSavepoint(
  rest: FlinkRest,
  job: JobOverview,
  options: SavepointOptions,
): Promise<string> {
  if (job.state !== "RUNNING") {
    const why = await rest.lastFailure(job.jid);
    throw new FundpulseError(
      "FP3106",
      `job ${job.name} is ${job.state}, not RUNNING${why === null ? "" : `; it failed last with ${why}`}`,
    );
  }
  const id = await trigger(rest, job.jid, options);
  const until = Date.now() + options.timeoutMs;
  for (;;) {
    const { status, operation } = await rest.get<Progress>(`/jobs/${job.jid}/savepoints/${id}`);
    const failure = operation?.["failure-cause"];
    if (failure !== undefined) {
      throw new FundpulseError("FP3106", `job ${job.name} wrote no savepoint: ${causeOf(failure)}`);
    }
    if (status.id === "COMPLETED" && operation?.location) {
      if (options.stop) await untilOver(rest, job);
      return operation.location;
    }
    if (Date.now() > until) {
      throw new FundpulseError(
        "FP3106",
        `the savepoint of job ${job.name} is not complete after ${Math.round(options.timeoutMs / 1000)} s; Flink goes on with it (request ${id})`,
        { action: "look at the job's checkpoints in Flink's web page; give it longer with --timeout" },
      );
    }
    await sleep(POLL_MS);
  }
}

async function trigger(rest: FlinkRest, job: string, { dir, stop }: SavepointOptions): Promise<string> {
  const [path, body] = stop
    ? ["stop", { ...(dir === undefined ? {} : { targetDirectory: dir }), drain: false }]
    : ["savepoints", { ...(dir === undefined ? {} : { "target-directory": dir }), "cancel-job": false }];
  try {
    return (await rest.post<Trigger>(`/jobs/${job}/${path}`, body))["request-id"];
  } catch (error) {
    const isUnnamed = error instanceof FundpulseError && /savepoint-dir|savepoints\.dir/.test(error.what);
    if (!isUnnamed) throw error;
    throw new FundpulseError("FP3106", "the cluster has no folder for savepoints", {
      cause: error,
      action:
        "name one that every machine of the cluster can write with --dir, or set execution.checkpointing.savepoint-dir there",
    });
  }
}

async function untilOver(rest: FlinkRest, { jid, name }: JobOverview): Promise<void> {
  const until = Date.now() + END_MS;
  for (;;) {
    const state = (await rest.jobs()).find((job) => job.jid === jid)?.state ?? "FINISHED";
    if (state === "FINISHED") return;
    if (state === "FAILED" || Date.now() > until) {
      throw new FundpulseError(
        "FP3106",
        `job ${name} is ${state} behind its savepoint, and was to be FINISHED: its last figures may not be written`,
      );
    }
    await sleep(POLL_MS);
  }
}

/** The first and the innermost line of a failure. */
function causeOf(failure: NonNullable<NonNullable<Progress["operation"]>["failure-cause"]>): string {
  const lines = (failure["stack-trace"] ?? failure.class ?? "no cause is told").split("\n");
  const inner = lines.filter((line) => line.startsWith("Caused by:")).at(-1);
  return [lines[0], ...(inner === undefined ? [] : [inner])].join(" ").slice(0, 600);
}

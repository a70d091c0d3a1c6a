import { FundpulseError } from "../../../schemas/errors.js";
import { FIGURES_PARAMETER } from "../generate.js";

export interface JobOverview {
  readonly jid: string;
  readonly name: string;
  readonly state: string;
  readonly duration: number;
  readonly "start-time": number;
}

export interface Checkpoint {
  readonly id: number;
  readonly latest_ack_timestamp: number;
  readonly end_to_end_duration: number;
  readonly checkpointed_size: number;
  readonly state_size: number;
}

interface CheckpointStatistics {
  readonly counts: { readonly completed: number; readonly failed: number; readonly in_progress: number };
  readonly latest: {
    readonly completed: Checkpoint | null;
    readonly failed: { readonly failure_message?: string; readonly failure_timestamp: number } | null;
  };
}

/** The REST interface of a Flink cluster. */
export class FlinkRest {
  /** @param url such as http://jobmanager:8081 */
  constructor(readonly url: string) {}

  /** @throws FundpulseError FP3102 where the cluster cannot be reached or refuses */
  async get<T>(path: string): Promise<T> {
    return this.#ask<T>(path, undefined);
  }

  async post<T>(path: string, body: object): Promise<T> {
    return this.#ask<T>(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  async #ask<T>(path: string, init: RequestInit | undefined): Promise<T> {
    let answer: Response;
    try {
      answer = await fetch(this.url.replace(/\/+$/, "") + path, {
        ...init,
        signal: AbortSignal.timeout(30_000),
      });
    } catch (error) {
      const { cause, message } = error as Error & { cause?: Error };
      throw new FundpulseError(
        "FP3102",
        `no answer from Flink at ${this.url}: ${cause?.message || message}`,
        { cause: error },
      );
    }
    const text = await answer.text();
    if (!answer.ok)
      throw new FundpulseError("FP3102", `Flink answers ${answer.status} to ${path}: ${text.slice(0, 400)}`);
    return JSON.parse(text) as T;
  }

  async overview(): Promise<{
    readonly "slots-total": number;
    readonly "slots-available": number;
    readonly "flink-version": string;
  }> {
    return this.get("/overview");
  }

  async jobs(): Promise<readonly JobOverview[]> {
    return (await this.get<{ jobs: readonly JobOverview[] }>("/jobs/overview")).jobs;
  }

  /** The running job of a name: the one that started last; undefined where none runs. */
  async running(name: string): Promise<JobOverview | undefined> {
    const ended = new Set(["FINISHED", "CANCELED", "FAILED"]);
    return (await this.jobs())
      .filter((job) => job.name === name && !ended.has(job.state))
      .sort((a, b) => b["start-time"] - a["start-time"])[0];
  }

  /** The figures topic that a running job says it writes; null where it says none. */
  async figuresOf(job: string): Promise<string | null> {
    const found = await this.get<{
      "execution-config"?: { "user-config"?: Readonly<Record<string, string>> };
    }>(`/jobs/${job}/config`);
    return found["execution-config"]?.["user-config"]?.[FIGURES_PARAMETER] ?? null;
  }

  checkpoints(job: string): Promise<CheckpointStatistics> {
    return this.get(`/jobs/${job}/checkpoints`);
  }

  /** The last reason why a job failed and began again; null where it never did. */
  async lastFailure(job: string): Promise<string | null> {
    const found = await this.get<{
      exceptionHistory?: { entries?: readonly { exceptionName: string; stacktrace?: string }[] };
    }>(`/jobs/${job}/exceptions?maxExceptions=1`);
    const entry = found.exceptionHistory?.entries?.[0];
    return entry ? (entry.stacktrace ?? entry.exceptionName).split("\n").slice(0, 3).join(" ") : null;
  }

  async cancel(job: string): Promise<void> {
    await this.#ask(`/jobs/${job}?mode=cancel`, { method: "PATCH" }).catch((error: Error) => {
      // An empty answer to a request that was taken.
      if (!(error instanceof SyntaxError)) throw error;
    });
  }
}

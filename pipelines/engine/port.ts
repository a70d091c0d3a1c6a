import type { GapRow } from "../../connectors/ports/publisher.js";
import type { Severity } from "../../schemas/alerts/rule.js";
import type { EpochMs } from "../../schemas/units.js";
import type { Closing } from "../closing/port.js";
import type { QuarantineService } from "../ingest/port.js";
import type { PublishDeps } from "../publish/loop.js";
import type { Verification } from "../verify/port.js";

/** What a command waits for: the process that holds the state has not begun its request yet, or works on it. */
export interface Waiting {
  readonly operation: string;
  readonly stage: "waiting" | "working";
  /** Who holds the state, for people. */
  readonly holder: string;
  /** Since the request was made. */
  readonly seconds: number;
}

/** What the engine needs from the program around it. */
export interface EngineDeps extends PublishDeps {
  /** Told while another process does what is asked, and null when that is over. */
  readonly onWaiting?: (waiting: Waiting | null) => void;
}

/** What one run did: counts of records since it started. */
export interface RunSummary {
  readonly applied: number;
  readonly duplicate: number;
  readonly held: number;
  readonly quarantined: number;
  /** Version of the published file; null when nothing was ever published. */
  readonly version: number | null;
  /** True when every source was read to its end and published. */
  readonly drained: boolean;
  /** Records that wait for an open transaction: in the log, and for nobody to read until it ends. */
  readonly inOpenTransactions: number;
}

/** An alert as listed. */
export interface AlertEntry {
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly state: "open" | "acknowledged" | "cleared";
  readonly finding: string;
  readonly openedAt: EpochMs | null;
  readonly clearedAt: EpochMs | null;
  readonly acknowledgedBy: string | null;
  readonly note: string | null;
}

export interface AlertService {
  /** Those that are open or were cleared. */
  list(): Promise<readonly AlertEntry[]>;
  /** Marks an open alert as seen, and publishes that; FP8001 where it is not open. */
  acknowledge(id: string, by: string, note: string): Promise<AlertEntry>;
}

export interface GapService {
  /** Every gap that was ever accepted. */
  list(): Promise<readonly GapRow[]>;
  /** Nobody need look at it any more; FP2014 where it does not stand open. */
  dismiss(id: number, by: string, note: string): Promise<void>;
}

/** What a published version is called. */
export interface PublishResult {
  readonly version: number;
}

/** What a process has taken hold of, for its log. */
export interface EngineState {
  readonly state: string;
  readonly settlements: number;
  readonly sequence: number;
  readonly version: number | null;
}

/** The engine: sources to state to published file. Opened once by a process that holds the state lock. */
export interface Engine extends Closing, Verification {
  /** Consumes and publishes until `signal` aborts or, with `untilDrained`, until all is read and published. */
  run(options: {
    readonly untilDrained: boolean;
    readonly signal: AbortSignal;
    /** `topic` or `topic/partition`: records lost there are accepted. */
    readonly acceptGaps?: readonly string[];
  }): Promise<RunSummary>;
  /** Derives everything again from the kept settlements under the present configuration, and publishes. */
  rebuild(
    onProgress: (done: number, total: number) => void,
  ): Promise<{ readonly settlements: number; readonly version: number }>;
  /** Opens the state where that was not done yet, and tells which it is. */
  describe(): Promise<EngineState>;
  readonly quarantine: QuarantineService;
  readonly alerts: AlertService;
  readonly gaps: GapService;
  /** Publishes what is not yet published, the finest cells too. */
  publish(): Promise<PublishResult>;
  /** Lets go of the state; nothing can be asked afterwards. */
  end(): Promise<void>;
}

import { z } from "zod";
import type { ZoneCalendar } from "../../../aggregations/calendar.js";
import type { OpenFile } from "../../../connectors/duckdb/monitor/open-file.js";
import type { MonitorRole } from "../../../schemas/config/monitor.js";
import type { Config } from "../../../schemas/config/schema.js";
import type { Caller } from "../http/access.js";

/** What a route works with: one version of the published file from begin to end. */
export interface Context {
  readonly file: OpenFile;
  readonly config: Config;
  readonly calendar: ZoneCalendar;
  readonly caller: Caller;
  /** Milliseconds; only answers that are not kept may depend on it. */
  readonly now: number;
}

/** A JSON answer of the API. Parameters are checked by `query`, and both are what OpenAPI says. */
export interface Route<Q extends z.ZodObject = z.ZodObject, A extends z.ZodObject = z.ZodObject> {
  readonly path: string;
  readonly summary: string;
  /** What a caller must know beyond the parameters. */
  readonly description?: string;
  /** Least role. */
  readonly role: MonitorRole;
  readonly query: Q;
  /** Names of `query` that stand in the path, as `{name}`. */
  readonly inPath?: readonly string[];
  readonly answer: A;
  /** False for an answer that depends on more than the version and the parameters. */
  readonly kept?: false;
  answerOf(context: Context, query: z.output<Q>): Promise<z.input<A>>;
}

/** Keeps the types of a route's own parts. */
export const route = <Q extends z.ZodObject, A extends z.ZodObject>(r: Route<Q, A>): Route =>
  r as unknown as Route;

/** What every answer carries beside its own. */
export const ENVELOPE = {
  version: z.string().describe("Version of the published file that the answer was read from"),
  published_at: z.string().describe("When it was published, with the jurisdiction's offset"),
  watermark: z.string().nullable().describe("Latest settlement time counted"),
  completeness: z
    .string()
    .nullable()
    .describe(
      "Share of facilities whose data have come as far as they should; null before any can be judged",
    ),
};

import type { Writable } from "node:stream";
import pino from "pino";
import { STREAMS } from "../../schemas/input/streams.js";
import { visible } from "../../schemas/visible.js";
import type { Log } from "../ports/log.js";

/** Field names of the input streams that may hold something about a person: never written, whoever asks. */
const RECORD_FIELDS: ReadonlySet<string> = new Set([
  ...STREAMS.settlement.fields.map((f) => f.name),
  "raw",
  "record",
  "value",
]);

/**
 * Logs go to standard error (standard output is for results): one JSON object a line, or a readable line
 * when `readable` (a terminal). Written at once, so that nothing is lost when the process is killed.
 */
export function createLog(level: string, options: { readable?: boolean; to?: Writable } = {}): Log {
  const target = options.to ?? null;
  const sink: pino.DestinationStream =
    options.readable === true
      ? { write: (line) => void (target ?? process.stderr).write(readableLine(line)) }
      : target !== null
        ? { write: (line) => void target.write(line) }
        : standardError();
  const logger = pino({ level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, sink);
  const at =
    (name: "debug" | "info" | "warn" | "error") =>
    (event: string, detail: Record<string, unknown> = {}): void =>
      logger[name](withoutRecordValues(detail), event);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** A log that cannot be written (its disk is full) stops nothing: what waits is written once it can be, up to a limit. */
function standardError(): pino.DestinationStream {
  const destination = pino.destination({ fd: 2, sync: true, maxLength: 1 << 20 });
  destination.on("error", () => undefined);
  return destination;
}

function withoutRecordValues(detail: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(detail)) {
    if (RECORD_FIELDS.has(key)) out[key] = "[not logged]";
    else if (value instanceof Error) {
      const code = (value as { code?: unknown }).code;
      out[key] = code === undefined ? value.message : `${value.message} (${String(code)})`;
    } else if (Buffer.isBuffer(value) || value instanceof Uint8Array) out[key] = `${value.length} bytes`;
    else out[key] = value;
  }
  return out;
}

function readableLine(json: string): string {
  const { time, level, msg, pid: _pid, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const facts = Object.entries(rest).map(
    ([key, value]) => ` ${key}=${visible(typeof value === "string" ? value : JSON.stringify(value))}`,
  );
  const label = pino.levels.labels[Number(level)] ?? "";
  return `${String(time).slice(11, 19)} ${label.padEnd(5)} ${visible(String(msg))}${facts.join("")}\n`;
}

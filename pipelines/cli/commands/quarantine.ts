import { loadConfig } from "../../../connectors/config/load.js";
import { localUser, noteLook } from "../../../connectors/files/access-log.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { STREAM_NAMES, type StreamName } from "../../../schemas/input/streams.js";
import { QUARANTINE_REASONS, type QuarantineReason } from "../../../schemas/quarantine.js";
import { visible } from "../../../schemas/visible.js";
import { withEngine } from "../../engine/open.js";
import type { QuarantineEntry, QuarantineFilter, QuarantineService } from "../../ingest/port.js";
import { commandLog } from "../../workspace/log.js";
import { engineDeps } from "../terminal/engine-deps.js";
import { count } from "../terminal/progress.js";
import { passOn, say, sayAside, sayLine } from "../terminal/say.js";
import { words } from "../terminal/words.js";

export interface QuarantineOptions {
  readonly config: string;
  readonly reason?: string;
  readonly stream?: string;
  readonly status?: string;
  readonly limit?: string;
  readonly format?: string;
  readonly all?: boolean;
  readonly why?: string;
  /** Show the bytes as they came. */
  readonly raw?: boolean;
  /** A file that changed after it was taken. */
  readonly file?: string;
}

/** The workspace's quarantine for one piece of work, beside a running engine too. */
function withQuarantine<T>(config: string, work: (quarantine: QuarantineService) => Promise<T>): Promise<T> {
  const loaded = loadConfig(config);
  const deps = engineDeps(commandLog(loaded));
  return withEngine(loaded, deps, (engine) => work(engine.quarantine));
}

export async function quarantineList(options: QuarantineOptions): Promise<number> {
  const filter = filterOf(options);
  const entries = await withQuarantine(options.config, (quarantine) => quarantine.list(filter));
  say(options.format === "json" ? `${JSON.stringify(entries, null, 2)}\n` : listText(entries));
  return 0;
}

/**
 * The record goes to standard output as JSON, whatever its encoding; what is known about it to standard error.
 * With `--raw` its bytes go there as they came, on a terminal in hexadecimal.
 */
export function quarantineShow(id: string, options: QuarantineOptions): Promise<number> {
  const wanted = idOf(id);
  const { config } = loadConfig(options.config);
  return withQuarantine(options.config, async (quarantine) => {
    noteLook(config.data, {
      ...localUser(),
      by: options.raw ? "quarantine show --raw" : "quarantine show",
      what: `record ${wanted}`,
      at: new Date(),
    });
    const found = await quarantine.show(wanted);
    if (found === undefined) throw new FundpulseError("FP2006", `there is no quarantined record ${id}`);
    sayAside(entryText(found.entry));
    if (found.entry.status === "resolved" && found.bytes.length === 0) {
      sayAside("it was counted; its bytes are kept no more\n");
      return 0;
    }
    if (options.raw !== true) {
      // Loaded late: the other commands need no decoder.
      const { openDecoder } = await import("../../engine/engine.js");
      sayLine(await (await openDecoder(config)).shown(found.bytes));
    } else if (!process.stdout.isTTY) await passOn(found.bytes);
    else sayLine(hexText(found.bytes));
    return 0;
  });
}

function hexText(bytes: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = bytes.subarray(at, at + 16);
    const hex = part.toString("hex").replace(/../g, "$& ").padEnd(49);
    lines.push(
      `${at.toString(16).padStart(8, "0")}  ${hex} ${part.toString("latin1").replace(/[^ -~]/g, ".")}`,
    );
  }
  return lines.join("\n");
}

export function quarantineRetry(ids: readonly string[], options: QuarantineOptions): Promise<number> {
  const filter = filterOf(options);
  return withQuarantine(options.config, async (quarantine) => {
    const { retried, resolved } = await quarantine.retry(await chosen(quarantine, ids, options, filter));
    sayLine(`${count(retried)} judged again, ${count(resolved)} left the quarantine`);
    return 0;
  });
}

export function quarantineDismiss(ids: readonly string[], options: QuarantineOptions): Promise<number> {
  const filter = filterOf(options);
  const why = words("--why", options.why, "why the records are dismissed");
  const { file } = options;
  if (file !== undefined) {
    if (ids.length > 0 || options.all || options.reason !== undefined || options.stream !== undefined) {
      throw new FundpulseError("FP1003", "--file is given alone: it names a file, not records");
    }
    return withQuarantine(options.config, async (quarantine) => {
      await quarantine.dismissFile(file, why);
      say(`the change of ${file} is dismissed\n`);
      return 0;
    });
  }
  return withQuarantine(options.config, async (quarantine) => {
    const dismissed = await quarantine.dismiss(await chosen(quarantine, ids, options, filter), why);
    sayLine(`${count(dismissed)} dismissed`);
    return 0;
  });
}

async function chosen(
  quarantine: QuarantineService,
  ids: readonly string[],
  options: QuarantineOptions,
  filter: QuarantineFilter,
): Promise<number[]> {
  const filtered = options.all === true || options.reason !== undefined || options.stream !== undefined;
  if (ids.length > 0 && filtered) {
    throw new FundpulseError("FP1003", "name either ids, or --all, --reason or --stream");
  }
  if (ids.length > 0) return ids.map(idOf);
  if (!filtered) throw new FundpulseError("FP1003", "name ids, or choose with --all, --reason or --stream");
  return (await quarantine.list({ ...filter, status: "waiting" })).map((entry) => entry.id);
}

function idOf(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new FundpulseError("FP1003", `${JSON.stringify(text)} is not a record's id`);
  return Number(text);
}

function filterOf(options: QuarantineOptions): QuarantineFilter {
  const limit = options.limit === undefined ? undefined : idOf(options.limit);
  return {
    reason: oneOf<QuarantineReason>("--reason", options.reason, QUARANTINE_REASONS),
    stream: oneOf<StreamName>("--stream", options.stream, STREAM_NAMES),
    status: oneOf("--status", options.status, ["waiting", "resolved", "dismissed"] as const),
    limit,
  };
}

function oneOf<T extends string>(
  flag: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined || allowed.includes(value as T)) return value as T | undefined;
  throw new FundpulseError("FP1003", `${flag} ${value} is not allowed; one of ${allowed.join(", ")}`);
}

function listText(entries: readonly QuarantineEntry[]): string {
  if (entries.length === 0) return "the quarantine is empty\n";
  const rows = entries.map((e) =>
    [
      String(e.id),
      e.reason,
      e.stream,
      `${e.source}/${e.partition}@${e.position}`,
      new Date(e.firstSeen).toISOString().slice(0, 19).replace("T", " "),
      e.status,
      e.detail,
    ].map(visible),
  );
  const head = ["id", "reason", "stream", "place", "first seen (UTC)", "status", "detail"];
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((r) => r[i].length)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i]))).join("  ");
  return `${[head, ...rows].map(line).join("\n")}\n`;
}

const entryText = (e: QuarantineEntry): string =>
  `record ${e.id} of stream ${e.stream}: ${e.reason}: ${visible(e.detail)}\nfrom ${visible(`${e.source}/${e.partition}`)}@${e.position}, ${e.status}\n`;

import type { StreamRecord } from "../../schemas/input/settlement.js";
import { STREAMS } from "../../schemas/input/streams.js";
import type { EpochMs } from "../../schemas/units.js";
import { mapOf, normaliseRecord, numberOf, type SmallStream } from "./record.js";

/** Version time of a record without `updt_time`: older than any. */
export const OLDEST: EpochMs = Number.MIN_SAFE_INTEGER;

/** When a record was changed last; decides which of two versions is current. */
export const versionTime = (record: StreamRecord): EpochMs => numberOf(record, "updt_time") ?? OLDEST;

/**
 * Text that two records share exactly when they are versions of one thing. A single key field stands as it
 * is; several are joined by `|`, with `\` before a `|` or `\` of their own. An absent field is empty.
 */
export function recordKey(stream: SmallStream, record: StreamRecord): string {
  const normal = normaliseRecord(stream, record);
  const { key } = STREAMS[stream];
  if (key.length === 1) return String(normal[key[0]] ?? "");
  return key.map((field) => String(normal[field] ?? "").replace(/[\\|]/g, "\\$&")).join("|");
}

/** Every known field but `updt_time`, normalised, as text that is equal exactly for equal content. */
export function canonicalContent(stream: SmallStream, record: StreamRecord): string {
  const normal = normaliseRecord(stream, record);
  const values = STREAMS[stream].fields
    .filter((f) => f.name !== "updt_time")
    .map((f) => {
      if (f.type !== "map") return normal[f.name];
      return Object.entries(mapOf(normal, f.name)).sort(([a], [b]) => compareBytes(a, b));
    });
  return JSON.stringify(values);
}

/** Order of two texts by their UTF-8 bytes; 0 only for equal texts. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) || (a < b ? -1 : 1);
}

export interface Version {
  readonly time: EpochMs;
  /** `canonicalContent`. */
  readonly content: string;
}

/**
 * - `applied`: the incoming version is current from now on.
 * - `duplicate`: nothing changes (the same again, or older than the current one).
 * - `duplicate-newer`: same content, later time: the current version takes the later time.
 * - `conflict-incoming`: same time, other content, and the current one is greater: the incoming one is
 *   `conflicting_version`.
 * - `conflict-current`: the same the other way round: the incoming one is current from now on and the one that
 *   was current is `conflicting_version`.
 */
export type Resolution =
  | "applied"
  | "duplicate"
  | "duplicate-newer"
  | "conflict-incoming"
  | "conflict-current";

/**
 * Which version of a key is current (docs/specification.md#current-version): greatest time, then greatest
 * content in byte order.
 */
export function resolveVersion(current: Version | null, incoming: Version): Resolution {
  if (current === null) return "applied";
  if (incoming.content === current.content) {
    return incoming.time > current.time ? "duplicate-newer" : "duplicate";
  }
  if (incoming.time !== current.time) return incoming.time > current.time ? "applied" : "duplicate";
  return compareBytes(incoming.content, current.content) > 0 ? "conflict-current" : "conflict-incoming";
}

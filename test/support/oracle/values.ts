/**
 * Reading of JSON values, written from docs/specification.md#types alone. Each reader answers `bad` for what
 * is no such value.
 */

export const BAD = Symbol("bad value");
export type Bad = typeof BAD;

const DAY_MS = 24 * 60 * 60 * 1000;

export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** Yuan with at most two decimals -> fen. */
export function readFen(value: unknown): number | Bad {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return BAD;
  const match = /^(-?)(\d{1,14})(?:\.(\d{1,2}))?$/.exec(text);
  if (!match) return BAD;
  const fen = Number(match[2]) * 100 + Number((match[3] ?? "").padEnd(2, "0"));
  return match[1] && fen !== 0 ? -fen : fen;
}

/** `YYYY-MM-DD` of a day that exists. */
export function readDay(value: unknown): string | Bad {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return BAD;
  const time = Date.parse(`${value}T00:00:00Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== value) return BAD;
  return value;
}

export function readInt(value: unknown): number | Bad {
  return typeof value === "number" && Number.isInteger(value) ? value : BAD;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Map<number, number>>();
const QUARTER_MS = 15 * 60 * 1000;

/** Distance of a zone's civil time from UTC, asked of Intl once for each quarter of an hour. */
function offsetAt(instant: number, zone: string): number {
  let known = offsets.get(zone);
  if (!known) {
    known = new Map();
    offsets.set(zone, known);
    const format = { timeZone: zone, dateStyle: "short", timeStyle: "medium" } as const;
    formats.set(zone, new Intl.DateTimeFormat("sv-SE", format));
  }
  const quarter = Math.floor(instant / QUARTER_MS);
  let offset = known.get(quarter);
  if (offset === undefined) {
    const civil = (formats.get(zone) as Intl.DateTimeFormat).format(quarter * QUARTER_MS);
    offset = Date.parse(`${civil.replace(" ", "T")}Z`) - quarter * QUARTER_MS;
    known.set(quarter, offset);
  }
  return offset;
}

/** Civil time `YYYY-MM-DD HH:mm:ss` of an instant in a zone; the zone's clock is changed at full quarters alone. */
export function localText(instant: number, zone: string): string {
  return new Date(instant + offsetAt(instant, zone)).toISOString().slice(0, 19).replace("T", " ");
}

/** Local day `YYYY-MM-DD` of an instant. */
export const localDay = (instant: number, zone: string): string => localText(instant, zone).slice(0, 10);

/** Days from one day to another. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);

/** ISO 8601 with an offset, or `YYYY-MM-DD HH:mm:ss` in the zone. Civil times are found by trying every offset. */
export function readInstant(value: unknown, zone: string): number | Bad {
  if (typeof value !== "string") return BAD;
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(value)) {
    const day = readDay(value.slice(0, 10));
    const time = Date.parse(value);
    return day === BAD || Number.isNaN(time) ? BAD : time;
  }
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(value)) return BAD;
  const asUtc = Date.parse(`${value.replace(" ", "T")}Z`);
  if (Number.isNaN(asUtc)) return BAD;
  for (const quarters of [32, ...Array.from({ length: 113 }, (_, i) => i - 56)]) {
    const instant = asUtc - quarters * 15 * 60 * 1000;
    if (localText(instant, zone) === value) return instant;
  }
  return BAD;
}

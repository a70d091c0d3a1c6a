import { parseDay, type ZoneCalendar } from "../../../aggregations/calendar.js";
import type { FieldType } from "../../../schemas/input/streams.js";
import type { DayNumber, EpochMs } from "../../../schemas/units.js";

/** What a field's text or number means, and the limits of each type. All functions: NaN or null = not allowed. */

/** Longest id or code, and longest other text, in characters. */
export const MAX_CODE_LENGTH = 64;
export const MAX_TEXT_LENGTH = 1024;
/** Fields that are prose, not codes: longer, and free in their characters. */
export const PROSE_FIELDS: ReadonlySet<string> = new Set(["name", "reported_by"]);
const MAX_MAP_ENTRIES = 64;

/** 0001-01-01T00:00:00Z. */
const MIN_INSTANT = -62_135_596_800_000;
const MAX_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const MAX_DAY = Math.floor(MAX_INSTANT / 86_400_000);
const MIN_DAY = Math.floor(MIN_INSTANT / 86_400_000);
const MAX_INTEGER_DIGITS = 14;

/**
 * Fen of an amount written as decimal text in `bytes[start, end)`: an optional minus, 1-14 digits, at most
 * two decimals. NaN for anything else, exponents included, and beyond what an integer number holds exactly.
 */
export function fenOfBytes(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const negative = bytes[i] === 45;
  if (negative) i++;
  const first = i;
  let fen = 0;
  for (; i < end; i++) {
    const digit = bytes[i] - 48;
    if (digit < 0 || digit > 9) break;
    fen = fen * 10 + digit;
  }
  const digits = i - first;
  if (digits === 0 || digits > MAX_INTEGER_DIGITS) return Number.NaN;
  fen *= 100;
  if (i < end) {
    const decimals = end - i - 1;
    if (bytes[i] !== 46 || decimals < 1 || decimals > 2) return Number.NaN;
    const tens = bytes[i + 1] - 48;
    const ones = decimals === 2 ? bytes[i + 2] - 48 : 0;
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return Number.NaN;
    fen += tens * 10 + ones;
  }
  if (fen > Number.MAX_SAFE_INTEGER) return Number.NaN;
  return negative && fen !== 0 ? -fen : fen;
}

/** The same from a string. */
export function fenOfText(text: string): number {
  const bytes = Buffer.from(text.length > 32 ? "x" : text, "latin1");
  return fenOfBytes(bytes, 0, bytes.length);
}

/** Fen of an integer of `10^-scale` yuan; NaN where the amount is not a whole number of fen. */
export function fenOfUnscaled(unscaled: bigint, scale: number): number {
  let fen = unscaled;
  if (scale < 2) fen *= 10n ** BigInt(2 - scale);
  else if (scale > 2) {
    const unit = 10n ** BigInt(scale - 2);
    if (fen % unit !== 0n) return Number.NaN;
    fen /= unit;
  }
  const value = Number(fen);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

/** Decimal text of an integer of `10^-scale`. */
export function textOfUnscaled(unscaled: bigint, scale: number): string {
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const cut = digits.length - scale;
  return `${negative ? "-" : ""}${digits.slice(0, cut)}${scale > 0 ? `.${digits.slice(cut)}` : ""}`;
}

/**
 * Canonical decimal text: no leading or trailing zeros, no exponent, no negative zero. Null where `text` is
 * no such number or has more digits before or after the point than allowed.
 */
export function canonicalDecimal(text: string, maxInteger: number, maxDecimals: number): string | null {
  if (text.length > MAX_CODE_LENGTH) return null;
  const match = /^(-?)0*(\d+?)(?:\.(\d+?)0*)?$/.exec(text);
  if (!match) return null;
  const [, minus, whole, decimals = ""] = match;
  const fraction = decimals === "0" ? "" : decimals;
  if (whole.length > maxInteger || fraction.length > maxDecimals) return null;
  const magnitude = fraction === "" ? whole : `${whole}.${fraction}`;
  return magnitude === "0" ? "0" : minus + magnitude;
}

/** A rate: at most three digits before and six after the point. */
export const canonicalRate = (text: string): string | null => canonicalDecimal(text, 3, 6);
/** A figure: what the published `DECIMAL(24,6)` can show before the point, and any usual precision after it. */
export const canonicalFigure = (text: string): string | null => canonicalDecimal(text, 18, 18);

/** An epoch-ms integer of the years 1 to 9999. */
export function instantOfMs(ms: number): EpochMs {
  // Adding 0 turns a negative zero into zero.
  return Number.isInteger(ms) && ms >= MIN_INSTANT && ms <= MAX_INSTANT ? ms + 0 : Number.NaN;
}

/** A day number of the years 1 to 9999. */
export function dayOfNumber(day: number): DayNumber {
  return Number.isInteger(day) && day >= MIN_DAY && day <= MAX_DAY ? day : Number.NaN;
}

export function int32(value: number): number {
  return (value | 0) === value ? value | 0 : Number.NaN;
}

const INSTANT =
  /^(\d{4}-\d\d-\d\d)([Tt ])(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?$/;

/**
 * An instant: ISO 8601 with an offset, or `YYYY-MM-DD HH:mm:ss` in the jurisdiction's zone. Fractions of a
 * second are cut to milliseconds. A `T` time without offset says neither and is refused.
 */
export function instantOfText(text: string, calendar: ZoneCalendar): EpochMs {
  const m = text.length <= 40 ? INSTANT.exec(text) : null;
  if (!m) return Number.NaN;
  const day = dayOfText(m[1]);
  const hour = Number(m[3]);
  const minute = Number(m[4]);
  const second = Number(m[5] ?? 0);
  if (Number.isNaN(day) || hour > 23 || minute > 59 || second > 59) return Number.NaN;
  const ms = m[6] === undefined ? 0 : Number(m[6].padEnd(3, "0").slice(0, 3));
  const civil = day * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000 + ms;
  if (m[7] !== undefined) return instantOfMs(civil);
  if (m[8] !== undefined) {
    const hours = Number(m[9]);
    const minutes = Number(m[10] ?? 0);
    if (hours > 18 || minutes > 59) return Number.NaN;
    return instantOfMs(civil - (m[8] === "-" ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000));
  }
  if (m[2] !== " " || m[5] === undefined) return Number.NaN;
  return instantOfCivil(civil, calendar);
}

/** The instant of a civil time of the jurisdiction's zone, given as if it were UTC. */
export function instantOfCivil(civilMs: number, calendar: ZoneCalendar): EpochMs {
  if (Number.isNaN(instantOfMs(civilMs))) return Number.NaN;
  const guess = civilMs - calendar.offsetMs(civilMs);
  return instantOfMs(civilMs - calendar.offsetMs(guess));
}

const dayByText = new Map<string, DayNumber>();

/** Days repeat: the last few thousand are kept. */
export function dayOfText(text: string): DayNumber {
  if (text.length !== 10) return Number.NaN;
  let day = dayByText.get(text);
  if (day === undefined) {
    day = parseDay(text) ?? Number.NaN;
    if (dayByText.size >= 4096) dayByText.clear();
    dayByText.set(text, day);
  }
  return day;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What is wrong with a text of a field, or null. Codes and ids bear no control characters. */
export function textFault(text: string, prose: boolean): string | null {
  const limit = prose ? MAX_TEXT_LENGTH : MAX_CODE_LENGTH;
  if (text.length > limit) return `at most ${limit} characters`;
  if (LONE_SURROGATE.test(text)) return "well-formed text";
  return !prose && CONTROL.test(text) ? "text without control characters" : null;
}

/** A map field from its entries; a string says what was expected instead. Entries with empty text are absent. */
export function mapOfEntries(
  entries: readonly (readonly [string, unknown])[],
): Record<string, string> | string {
  if (entries.length > MAX_MAP_ENTRIES) return `at most ${MAX_MAP_ENTRIES} entries`;
  const kept: [string, string][] = [];
  for (const [key, value] of entries) {
    if (typeof value !== "string") return "text as every value";
    const fault = textFault(key, false) ?? textFault(value, false);
    if (fault !== null || key === "") return fault ?? "a name for every entry";
    if (value !== "") kept.push([key, value]);
  }
  // Sorted, so that equal maps are equal texts whatever order they came in; fromEntries keeps `__proto__` harmless.
  kept.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return Object.fromEntries(kept);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text of UTF-8 bytes; null where they are none. */
export function textOfUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** What each type expects, for the detail of a `bad_value`. */
export const EXPECTED: Readonly<Record<FieldType, string>> = {
  string: "text",
  instant:
    "an instant of the years 1 to 9999: ISO 8601 with an offset, YYYY-MM-DD HH:mm:ss, or epoch milliseconds",
  date: "a day YYYY-MM-DD",
  int: "an integer of 32 bits",
  amount: "yuan with at most 14 digits and two decimals, exactly",
  rate: "a number with at most 3 digits and 6 decimals",
  decimal: "a decimal number with at most 18 digits and 18 decimals",
  map: "an object with text values",
};

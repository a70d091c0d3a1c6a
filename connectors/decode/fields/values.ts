import { parseDay, type ZoneCalendar } from "../../../aggregations/calendar.js";
import {
  type Field,
  type FieldType,
  IDENTITY_FIELDS,
  type TextKind,
} from "../../../schemas/input/streams.js";
import type { DayNumber, EpochMs } from "../../../schemas/units.js";

/** What a field's text or number means, and the limits of each type. All functions: NaN or null = not allowed. */

/** Longest id or name, longest code, and longest prose, in characters. */
export const MAX_ID_LENGTH = 64;
const MAX_CODE_LENGTH = 20;
const MAX_PROSE_LENGTH = 1024;
const MAX_MAP_ENTRIES = 64;

/** 0001-01-01T00:00:00Z. */
const MIN_INSTANT = -62_135_596_800_000;
const MAX_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const MAX_DAY = Math.floor(MAX_INSTANT / 86_400_000);
const MIN_DAY = Math.floor(MIN_INSTANT / 86_400_000);
const MAX_INTEGER_DIGITS = 14;

/**
 * Fen of an amount written as decimal text in `bytes[start, end)`: an optional minus, 1-14 digits, at most
 * two decimals; trailing zeros after them and an exponent are read where the amount stays whole fen. NaN for
 * anything else, and beyond what an integer number holds exactly.
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
  if (digits === 0 || digits > MAX_INTEGER_DIGITS) return fenOfUnusual(bytes, start, end);
  fen *= 100;
  if (i < end) {
    const decimals = end - i - 1;
    if (bytes[i] !== 46 || decimals < 1 || decimals > 2) return fenOfUnusual(bytes, start, end);
    const tens = bytes[i + 1] - 48;
    const ones = decimals === 2 ? bytes[i + 2] - 48 : 0;
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return fenOfUnusual(bytes, start, end);
    fen += tens * 10 + ones;
  }
  if (fen > Number.MAX_SAFE_INTEGER) return Number.NaN;
  return negative && fen !== 0 ? -fen : fen;
}

const LONGEST_AMOUNT = 64;

/** What the usual form is not: white space around, more zeros, an exponent (`1000.000`, `1E+3`). */
function fenOfUnusual(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > LONGEST_AMOUNT) return Number.NaN;
  return fenOfText(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8"));
}

/** The same from a string. */
export function fenOfText(text: string): number {
  const plain = plainDecimal(trimmed(text));
  const match = /^(-?)0*(\d+)(?:\.(\d{1,2})0*)?$/.exec(plain ?? "");
  if (!match || match[2].length > MAX_INTEGER_DIGITS) return Number.NaN;
  const fen = Number(match[2]) * 100 + Number((match[3] ?? "").padEnd(2, "0"));
  if (fen > Number.MAX_SAFE_INTEGER) return Number.NaN;
  return match[1] !== "" && fen !== 0 ? -fen : fen;
}

const SCIENTIFIC = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/;

/** A decimal text without its exponent (`1E+3` → `1000`); as it is where it has none, null where it is too long. */
export function plainDecimal(text: string): string | null {
  const match = SCIENTIFIC.exec(text);
  if (!match) return text;
  const [, minus, whole, fraction = "", power] = match;
  const exponent = Number(power);
  if (Math.abs(exponent) > LONGEST_AMOUNT) return null;
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${minus}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return minus + digits + "0".repeat(point - digits.length);
  return `${minus}${digits.slice(0, point)}.${digits.slice(point)}`;
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
  if (text.length > MAX_ID_LENGTH) return null;
  const match = /^(-?)0*(\d+?)(?:\.(\d+?)0*)?$/.exec(trimmed(text));
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

/**
 * Milliseconds that nothing but their size says to be such. What would lie in the seventies counts seconds, or
 * writes a date in digits (`20240229`, `202402292330`).
 */
export const instantOfPlainMs = (ms: number): EpochMs =>
  Math.abs(ms) >= 10_000_000 && Math.abs(ms) < 300_000_000_000 ? Number.NaN : instantOfMs(ms);

/** MySQL's date that is none: absent. */
export const isZeroDate = (text: string): boolean =>
  /^\s*0000-00-00([T ]00:00(:00(\.0+)?)?Z?)?\s*$/.test(text);

/** A day number of the years 1 to 9999. */
export function dayOfNumber(day: number): DayNumber {
  return Number.isInteger(day) && day >= MIN_DAY && day <= MAX_DAY ? day : Number.NaN;
}

export function int32(value: number): number {
  return (value | 0) === value ? value | 0 : Number.NaN;
}

/** A 32-bit integer written as text; a fraction of zeros is read (`6`, `"6.0"`). */
export function intOfText(text: string): number {
  const plain = plainDecimal(trimmed(text));
  const match = /^(-?\d{1,15})(?:\.0+)?$/.exec(plain ?? "");
  return match ? int32(Number(match[1])) : Number.NaN;
}

const INSTANT =
  /^(\d{4}-\d\d-\d\d)([Tt ])(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?$/;

/**
 * An instant: ISO 8601 with an offset, or a time without offset (`T` or a space between), which is one of the
 * jurisdiction's zone. Fractions of a second are cut to milliseconds.
 */
export function instantOfText(untrimmed: string, calendar: ZoneCalendar): EpochMs {
  const text = trimmed(untrimmed);
  const m = text.length <= 40 ? INSTANT.exec(text) : null;
  if (!m) return Number.NaN;
  const day = plainDay(m[1]);
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
  return m[5] === undefined ? Number.NaN : instantOfCivil(civil, calendar);
}

/** The instant of a civil time of the jurisdiction's zone, given as if it were UTC. */
export function instantOfCivil(civilMs: number, calendar: ZoneCalendar): EpochMs {
  if (Number.isNaN(instantOfMs(civilMs))) return Number.NaN;
  const guess = civilMs - calendar.offsetMs(civilMs);
  return instantOfMs(civilMs - calendar.offsetMs(guess));
}

const dayByText = new Map<string, DayNumber>();

/**
 * A day `YYYY-MM-DD`. A date-time is the date that its clock shows; with an offset, the date in the
 * jurisdiction's zone, but where its clock reads 00:00:00 a date was meant. Days repeat: the last few thousand
 * are kept.
 */
export function dayOfText(text: string, calendar: ZoneCalendar): DayNumber {
  let day = dayByText.get(text);
  if (day === undefined) {
    day = readDay(trimmed(text), calendar);
    if (dayByText.size >= 4096) dayByText.clear();
    // A time with an offset depends on the zone; only days are kept.
    if (text.length === 10) dayByText.set(text, day);
  }
  return day;
}

const plainDay = (text: string): DayNumber => parseDay(text) ?? Number.NaN;

function readDay(text: string, calendar: ZoneCalendar): DayNumber {
  if (text.length === 10) return plainDay(text);
  const m = text.length <= 40 ? INSTANT.exec(text) : null;
  if (!m) return Number.NaN;
  const instant = instantOfText(text, calendar);
  if (Number.isNaN(instant)) return Number.NaN;
  const hasOffset = m[7] !== undefined || m[8] !== undefined;
  const midnight = m[3] === "00" && m[4] === "00" && Number(m[5] ?? 0) === 0 && Number(m[6] ?? 0) === 0;
  return midnight || !hasOffset ? plainDay(m[1]) : calendar.dayOf(instant);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

const CODE = /^[A-Za-z0-9_.+*/-]*$/;

/** Whether a text has the form of a code: at most 20 letters, digits and `-_.+*\/`. */
export const isCode = (text: string): boolean => text.length <= MAX_CODE_LENGTH && CODE.test(text);

/** White space as real exports have it at the ends of a text, zero-width characters and BOM included. */
const EDGES = /^[\s\u200b-\u200d\u2060\u180e\ufeff]+|[\s\u200b-\u200d\u2060\u180e\ufeff]+$/g;

/** A text without the white space around it. */
export function trimmed(text: string): string {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  // Between these no character is white space; NaN of an empty text is none either.
  const plain = first > 32 && first < 127 && last > 32 && last < 127;
  return plain ? text : text.replace(EDGES, "");
}

/** Full-width digits and letters as half-width ones. */
const halfWidth = (text: string): string =>
  text.replace(/[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/g, (c) =>
    String.fromCharCode(c.charCodeAt(0) - 0xfee0),
  );

const isDayDigits = (text: string): boolean =>
  parseDay(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`) !== null;

/**
 * Whether a text has the form of an identity number: 17 digits and a digit or X with a date in places 7 to 14,
 * or 15 digits with a date (two digits of the year) in places 7 to 12.
 */
function isIdentityNumber(text: string): boolean {
  if (/^\d{17}[\dXx]$/.test(text)) return isDayDigits(text.slice(6, 14));
  return /^\d{15}$/.test(text) && isDayDigits(`19${text.slice(6, 12)}`);
}

const LIMIT: Readonly<Record<TextKind, number>> = {
  id: MAX_ID_LENGTH,
  code: MAX_CODE_LENGTH,
  name: MAX_ID_LENGTH,
  prose: MAX_PROSE_LENGTH,
};

/** A text as it is kept: trimmed, ids and codes in half width. */
export function cleanText(text: string, kind: TextKind): string {
  const clean = trimmed(text);
  return kind === "id" || kind === "code" ? halfWidth(clean) : clean;
}

/** What such a number is told. */
export const LOST_DIGITS =
  "no number in scientific notation: its digits are lost (was it saved by a spreadsheet?)";
const SPREADSHEET = /^\d(\.\d+)?[eE]\+\d+$/;

/**
 * Whether a text is a long number as a spreadsheet writes it back (`6.20725E+17`): many ids are one text then, and would be
 * one bill. Its second character settles it for nearly all.
 */
export function hasLostDigits(text: string): boolean {
  const second = text.charCodeAt(1);
  return (second === 0x2e || second === 0x45 || second === 0x65) && SPREADSHEET.test(text);
}

/** What is wrong with the cleaned text of a field, or null; says what was expected, never what stood there. */
export function textFault(
  text: string,
  { name, text: kind = "name" }: Pick<Field, "name" | "text">,
): string | null {
  if ((kind === "id" || kind === "code") && hasLostDigits(text)) {
    return LOST_DIGITS;
  }
  if (kind === "code" && !isCode(text)) return "a code of at most 20 letters, digits and -_.+*/";
  if (text.length > LIMIT[kind]) return `at most ${LIMIT[kind]} characters`;
  if (LONE_SURROGATE.test(text)) return "well-formed text";
  if (kind !== "prose" && CONTROL.test(text)) return "text without control characters";
  if (!IDENTITY_FIELDS.has(name) && isIdentityNumber(text)) {
    return "no number in the form of an identity number (have columns been shifted?)";
  }
  return null;
}

const MAP_TEXT: Pick<Field, "name" | "text"> = { name: "", text: "name" };

/** A map field from its entries; a string says what was expected instead. Entries with empty text are absent. */
export function mapOfEntries(
  entries: readonly (readonly [string, unknown])[],
): Record<string, string> | string {
  if (entries.length > MAX_MAP_ENTRIES) return `at most ${MAX_MAP_ENTRIES} entries`;
  const kept: [string, string][] = [];
  for (const [rawKey, rawValue] of entries) {
    if (typeof rawValue !== "string") return "text as every value";
    const key = trimmed(rawKey);
    const value = trimmed(rawValue);
    const fault = textFault(key, MAP_TEXT) ?? textFault(value, MAP_TEXT);
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
  instant: "an instant of the years 1 to 9999: ISO 8601, YYYY-MM-DD HH:mm:ss, or epoch milliseconds",
  date: "a day YYYY-MM-DD",
  int: "an integer of 32 bits",
  amount: "yuan with at most 14 digits and two decimals, exactly",
  rate: "a number with at most 3 digits and 6 decimals",
  decimal: "a decimal number with at most 18 digits and 18 decimals",
  map: "an object with text values",
};

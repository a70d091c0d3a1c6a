import type { ZoneCalendar } from "../../../aggregations/calendar.js";
import type { Field } from "../../../schemas/input/streams.js";
import type { Slots } from "./slots.js";
import {
  canonicalFigure,
  canonicalRate,
  dayOfNumber,
  dayOfText,
  EXPECTED,
  fenOfText,
  fenOfUnscaled,
  instantOfCivil,
  instantOfMs,
  instantOfPlainMs,
  instantOfText,
  int32,
  intOfText,
  isZeroDate,
  mapOfEntries,
  textOfUnscaled,
  trimmed,
} from "./values.js";

/**
 * A value without its encoding: what the less usual combinations of types are converted from. `logical` is
 * Avro's logical type, or the one that a semantic type of Kafka Connect or Debezium comes to (`semanticOf`).
 */
export type Wire =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "integer"; readonly value: bigint; readonly logical: string | null }
  | { readonly is: "number"; readonly value: number }
  | { readonly is: "decimal"; readonly unscaled: bigint; readonly scale: number }
  | { readonly is: "map"; readonly entries: [string, unknown][] }
  | { readonly is: "null" | "other" };

/** Scale of a decimal that any database has. */
export const MAX_SCALE = 38;
/** Sixteen bytes hold the widest decimal of any database, and some writers pad them; more is no amount of anything. */
const MAX_DECIMAL_BYTES = 32;

/** A decimal from its big-endian two's complement. */
export function decimalWire(bytes: Buffer, scale: number): Wire {
  if (
    bytes.length === 0 ||
    bytes.length > MAX_DECIMAL_BYTES ||
    !(Number.isInteger(scale) && scale >= 0 && scale <= MAX_SCALE)
  )
    return { is: "other" };
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString("hex")}`));
  return { is: "decimal", unscaled, scale };
}

/** Semantic types of Debezium and Kafka Connect (`connect.name`) and what each comes to. */
const SEMANTICS: Readonly<Record<string, string>> = {
  // The wall clock of a column without zone, written as if it were UTC.
  "io.debezium.time.Timestamp": "local-timestamp-millis",
  "io.debezium.time.MicroTimestamp": "local-timestamp-micros",
  "io.debezium.time.NanoTimestamp": "local-timestamp-nanos",
  "io.debezium.time.Date": "date",
  "io.debezium.time.ZonedTimestamp": "text",
  "io.debezium.data.Enum": "text",
  "io.debezium.data.Uuid": "text",
  "io.debezium.data.VariableScaleDecimal": "variable-decimal",
  "org.apache.kafka.connect.data.Timestamp": "timestamp-millis",
  "org.apache.kafka.connect.data.Date": "date",
  "org.apache.kafka.connect.data.Decimal": "decimal",
};

/** What a `connect.name` comes to; undefined where it is not known here. */
export const semanticOf = (name: string): string | undefined =>
  Object.hasOwn(SEMANTICS, name) ? SEMANTICS[name] : undefined;

/** Exact decimal text of a number value; empty where it has none. */
function numberText(wire: Wire): string {
  switch (wire.is) {
    case "text":
      return wire.text;
    case "integer":
      return wire.logical === null ? wire.value.toString() : "";
    case "number":
      return String(wire.value);
    case "decimal":
      return textOfUnscaled(wire.unscaled, wire.scale);
    default:
      return "";
  }
}

const TIMESTAMP = /^(local-)?timestamp-(milli|micro|nano)s$/;
const DAY_MS = 86_400_000;

/** Epoch milliseconds of a timestamp, and whether they are a wall clock of the zone written as if UTC. */
function timestampOf(value: bigint, logical: string): { ms: number; local: boolean } | null {
  const unit = TIMESTAMP.exec(logical);
  if (!unit) return null;
  const perMs = unit[2] === "milli" ? 1n : unit[2] === "micro" ? 1000n : 1_000_000n;
  const below = ((value % perMs) + perMs) % perMs;
  return { ms: Number((value - below) / perMs), local: unit[1] !== undefined };
}

function instantOf(wire: Wire, calendar: ZoneCalendar): number {
  if (wire.is === "text") return instantOfText(wire.text, calendar);
  if (wire.is === "number") return instantOfPlainMs(wire.value);
  if (wire.is !== "integer") return Number.NaN;
  if (wire.logical === null) return instantOfPlainMs(Number(wire.value));
  const at = timestampOf(wire.value, wire.logical ?? "timestamp-millis");
  if (!at) return Number.NaN;
  return at.local ? instantOfCivil(at.ms, calendar) : instantOfMs(at.ms);
}

function dateOf(wire: Wire, calendar: ZoneCalendar): number {
  if (wire.is === "text") return dayOfText(wire.text, calendar);
  if (wire.is !== "integer") return Number.NaN;
  if (wire.logical === null || wire.logical === "date") return dayOfNumber(Number(wire.value));
  const at = timestampOf(wire.value, wire.logical);
  if (!at || Number.isNaN(instantOfMs(at.ms))) return Number.NaN;
  return at.local ? Math.floor(at.ms / DAY_MS) : calendar.dayOf(at.ms);
}

function intOf(wire: Wire): number {
  if (wire.is === "number") return int32(wire.value);
  if (wire.is === "integer") return wire.logical === null ? int32(Number(wire.value)) : Number.NaN;
  return wire.is === "text" || wire.is === "decimal" ? intOfText(numberText(wire)) : Number.NaN;
}

function numberOf(wire: Wire, field: Field, calendar: ZoneCalendar): number {
  switch (field.type) {
    case "instant":
      return instantOf(wire, calendar);
    case "date":
      return dateOf(wire, calendar);
    case "int":
      return intOf(wire);
    default:
      return wire.is === "decimal" ? fenOfUnscaled(wire.unscaled, wire.scale) : fenOfText(numberText(wire));
  }
}

/** Puts any value into the slot of a field, exactly or not at all (then noted as bad). */
export function putWire(slots: Slots, slot: number, wire: Wire, calendar: ZoneCalendar): void {
  if (wire.is === "null" || (wire.is === "text" && trimmed(wire.text) === "")) return;
  const field = slots.layout.fields[slot];
  if ((field.type === "date" || field.type === "instant") && wire.is === "text" && isZeroDate(wire.text))
    return;
  switch (field.type) {
    case "string":
      if (wire.is === "text") slots.text(slot, wire.text);
      else if (wire.is === "integer" && wire.logical === null) slots.integer(slot, wire.value.toString());
      else slots.bad(slot, EXPECTED.string);
      return;
    case "rate":
    case "decimal": {
      const canonical = (field.type === "rate" ? canonicalRate : canonicalFigure)(numberText(wire));
      if (canonical === null) slots.bad(slot, EXPECTED[field.type]);
      else slots.texts[slot] = canonical;
      return;
    }
    case "map": {
      const map = wire.is === "map" ? mapOfEntries(wire.entries) : EXPECTED.map;
      if (typeof map === "string") slots.bad(slot, map);
      else slots.map = map;
      return;
    }
    default: {
      const value = numberOf(wire, field, calendar);
      if (Number.isNaN(value)) slots.bad(slot, EXPECTED[field.type]);
      else slots.numbers[slot] = value;
    }
  }
}

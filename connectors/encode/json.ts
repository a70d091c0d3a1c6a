import { dayText } from "../../aggregations/calendar.js";
import { AMOUNT_INDEX, type InputRecord } from "../../schemas/input/settlement.js";
import { type AmountField, type Field, STREAMS } from "../../schemas/input/streams.js";
import { yuanText } from "../../schemas/units.js";

/** Offset written into the times of JSON records; the instant is the same whatever the offset. */
const OFFSET_MS = 8 * 3_600_000;
const OFFSET_TEXT = "+08:00";

const PLAIN = /^[ !#-[\]-~]*$/;
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

function valueText(field: Field, value: unknown): string {
  switch (field.type) {
    case "instant":
      return `"${new Date(Number(value) + OFFSET_MS).toISOString().slice(0, -1)}${OFFSET_TEXT}"`;
    case "date":
      return `"${dayText(Number(value))}"`;
    case "int":
      return String(value);
    case "amount":
      return `"${yuanText(Number(value))}"`;
    case "map":
      return JSON.stringify(value);
    default:
      return quoted(String(value));
  }
}

/**
 * One record as a JSON object in the field names of its stream, as the drop folder and the topics take it: amounts
 * as text in yuan, times with an offset. Absent fields are left out.
 */
export function jsonText(event: InputRecord): string {
  let text = "";
  for (const field of STREAMS[event.stream].fields) {
    let value: unknown;
    if (event.stream === "settlement") {
      value =
        field.type === "amount"
          ? event.record.amounts[AMOUNT_INDEX[field.name as AmountField]]
          : event.record[field.name as keyof typeof event.record];
    } else value = event.record[field.name];
    if (value === null || value === undefined || value === "" || Number.isNaN(value)) continue;
    text += `${text === "" ? "{" : ","}"${field.name}":${valueText(field, value)}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

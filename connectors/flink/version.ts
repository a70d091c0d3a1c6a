import {
  CANONICAL_SEPARATOR,
  CONTENT_NUMBERS,
  CONTENT_TEXTS,
  FLAG_ORDER,
} from "../../aggregations/settlement/version.js";
import { AMOUNT_FIELDS } from "../../schemas/input/streams.js";
import { firstOf, text } from "./dialect.js";

const NUMBERS: readonly string[] = [...CONTENT_NUMBERS, ...AMOUNT_FIELDS];

/**
 * `canonicalForm` of a settlement behind its pseudonym (aggregations/settlement/version.ts): two such texts of one
 * key are ordered as the canonical forms are.
 */
export const canonical = (): string =>
  `CONCAT_WS(CHR(${CANONICAL_SEPARATOR.charCodeAt(0)}), ${[
    ...CONTENT_TEXTS,
    ...NUMBERS.map((field) => `COALESCE(CAST(${field} AS STRING), 'NaN')`),
  ].join(", ")})`;

/** `flagPrecedence`: the greater wins. */
export const precedence = (): string =>
  firstOf(
    FLAG_ORDER.map((flag, i): [string, string] => [`vali_flag = ${text(flag)}`, String(i)]),
    "-1",
  );

/** Which of several versions of one key is current: the first in this order. */
export const GREATEST_FIRST = "updt_time DESC, flag_rank DESC, psn DESC, canon DESC";

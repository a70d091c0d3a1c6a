import { crc32 } from "node:zlib";

export type Value = string | number | bigint | Buffer | null;

/** Remainders of CRC-32 (that of zlib) by byte. */
const REMAINDERS = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});
/** Characters of a text up to which a loop beats a call. */
const SHORT = 256;

/** CRC-32 of a text as UTF-8, going on from `crc`, that of what stands before it. */
export function crcOfText(text: string, crc = 0): number {
  const { length } = text;
  if (length > SHORT) return crc32(text, crc);
  let rest = ~crc;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return crc32(text, crc);
    rest = REMAINDERS[(rest ^ code) & 0xff] ^ (rest >>> 8);
  }
  return ~rest >>> 0;
}

/** A value that is not bytes, with its type, as it goes into the CRC-32 of its row. */
const written = (value: string | number | bigint | null): string =>
  value === null ? "n\u0001" : `${typeof value === "string" ? "s" : "i"}${value}\u0001`;

/** CRC-32 of a row's values, each with its type. */
export function rowCrc(values: readonly Value[]): number {
  let crc = 0;
  let text = "";
  for (const value of values) {
    if (Buffer.isBuffer(value)) {
      crc = crc32(value, crcOfText(`${text}b${value.length}\u0001`, crc));
      text = "";
    } else text += written(value);
  }
  return crcOfText(text, crc);
}

const BEFORE_ID = crcOfText("s");
const DIGITS = new Uint8Array(20);

/** As `rowCrc([id, ref])`, of which there is one for every settlement; `ref` is a whole number from 0. */
export function idCrc(id: string, ref: number): number {
  let rest = ~crcOfText("\u0001i", crcOfText(id, BEFORE_ID));
  let digits = 0;
  for (let left = ref; digits === 0 || left > 0; left = Math.floor(left / 10))
    DIGITS[digits++] = 48 + (left % 10);
  while (digits > 0) rest = REMAINDERS[(rest ^ DIGITS[--digits]) & 0xff] ^ (rest >>> 8);
  return ~(REMAINDERS[(rest ^ 1) & 0xff] ^ (rest >>> 8)) >>> 0;
}

/** SQL of the text whose CRC-32 is that of a row with these columns: whole numbers and texts, by declared type. */
export const rowTextSql = (columns: readonly { readonly sql: string; readonly isText: boolean }[]): string =>
  columns
    .map(({ sql, isText }) => `coalesce('${isText ? "s" : "i"}' || ${sql}, 'n') || char(1)`)
    .join(" || ");

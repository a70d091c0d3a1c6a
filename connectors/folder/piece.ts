import type { Payload } from "../ports/source.js";

/** About so many records, or so many bytes, make a batch. */
export const PIECE_RECORDS = 8192;
export const PIECE_BYTES = 4 * 1024 * 1024;
/** How much of damaged bytes is kept. */
export const DAMAGED_SAMPLE = 64 * 1024;

/** A run of records of a file, and where the next one begins in its (unpacked) bytes. */
export interface Piece {
  readonly payload: Payload;
  readonly records: number;
  readonly end: number;
}

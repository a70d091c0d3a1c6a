import type { ByteFeed } from "./bytes.js";
import { otherKind } from "./other-kinds.js";
import { DAMAGED_SAMPLE, PIECE_BYTES, PIECE_RECORDS, type Piece } from "./piece.js";

/** Longest line that can be a record. */
const MAX_LINE = 16 * 1024 * 1024;
const NEWLINE = 10;
/** First bytes that tell what a file is. */
const HEAD = 4;

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte !== 32 && byte !== 9 && byte !== 13) return false;
  }
  return true;
}

/**
 * The lines of an NDJSON file from `from` on, in pieces. Blank lines are no records. `toUtf8` turns the bytes
 * of a line into UTF-8; null where it is not of the encoding, which the decoder then says.
 */
export async function* linePieces(
  feed: ByteFeed,
  from: number,
  toUtf8: ((line: Buffer) => Buffer | null) | null,
): AsyncGenerator<Piece> {
  let values: Buffer[] = [];
  let bytes = 0;
  const flush = (): Piece => {
    const piece: Piece = { payload: { kind: "values", values }, records: values.length, end: feed.offset };
    values = [];
    bytes = 0;
    return piece;
  };
  const take = (end: number): void => {
    let start = feed.pos;
    if (feed.offset === 0 && feed.buf.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf))) start += 3;
    if (isBlank(feed.buf, start, end)) return;
    if (feed.buf[end - 1] === 13) end--;
    const line = feed.buf.subarray(start, end);
    values.push(toUtf8?.(line) ?? line);
    bytes += end - start;
  };

  if (from > 0) await feed.jump(from);
  else {
    while (feed.available < HEAD && (await feed.fill()));
    const detail = otherKind(feed.buf.subarray(feed.pos, feed.pos + HEAD));
    if (detail !== null) {
      const head = Buffer.from(feed.buf.subarray(feed.pos, feed.pos + DAMAGED_SAMPLE));
      do feed.pos = feed.buf.length;
      while (await feed.fill());
      yield { payload: { kind: "damaged", bytes: head, detail }, records: 1, end: feed.offset };
      return;
    }
  }
  let searched = 0;
  for (;;) {
    const newline = feed.buf.indexOf(NEWLINE, feed.pos + searched);
    if (newline >= 0 && newline - feed.pos <= MAX_LINE) {
      take(newline);
      feed.pos = newline + 1;
      searched = 0;
      if (values.length >= PIECE_RECORDS || bytes >= PIECE_BYTES) yield flush();
      continue;
    }
    searched = feed.available;
    if (searched > MAX_LINE) {
      if (values.length > 0) yield flush();
      const head = Buffer.from(feed.buf.subarray(feed.pos, feed.pos + DAMAGED_SAMPLE));
      await skipLine(feed);
      searched = 0;
      const detail = `a line is longer than ${MAX_LINE} bytes`;
      yield { payload: { kind: "damaged", bytes: head, detail }, records: 1, end: feed.offset };
      continue;
    }
    if (!(await feed.fill())) break;
  }
  const rest = feed.complete ? Buffer.alloc(0) : feed.buf.subarray(feed.pos);
  if (feed.fault === null || feed.complete) {
    take(feed.buf.length);
    feed.pos = feed.buf.length;
  }
  if (values.length > 0) yield flush();
  if (feed.fault !== null) {
    // The last line is cut off: it is part of the damage.
    const sample = Buffer.from(rest.subarray(0, DAMAGED_SAMPLE));
    feed.pos = feed.buf.length;
    yield { payload: { kind: "damaged", bytes: sample, detail: feed.fault }, records: 1, end: feed.offset };
  }
}

async function skipLine(feed: ByteFeed): Promise<void> {
  for (;;) {
    const newline = feed.buf.indexOf(NEWLINE, feed.pos);
    if (newline >= 0) {
      feed.pos = newline + 1;
      return;
    }
    feed.pos = feed.buf.length;
    if (!(await feed.fill())) return;
  }
}

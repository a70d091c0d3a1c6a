import { visible } from "../../schemas/visible.js";
import {
  BLOCK_CODECS,
  beginsContainer,
  blockCodec,
  type ContainerHeader,
  MAX_HEADER,
  MAX_PACKED_BLOCK,
  parseContainerHeader,
  SYNC_LENGTH,
} from "../decode/avro/container.js";
import { AvroCursor, MALFORMED } from "../decode/avro/cursor.js";
import { parseAvro } from "../decode/avro/schema.js";
import type { AvroWriterRef } from "../ports/source.js";
import type { ByteFeed } from "./bytes.js";
import { DAMAGED_SAMPLE, PIECE_BYTES, PIECE_RECORDS, type Piece } from "./piece.js";

/** Longest possible count and size before a block's bytes. */
const BLOCK_HEAD = 20;

function damaged(bytes: Buffer, detail: string, end: number): Piece {
  const sample = Buffer.from(bytes.subarray(0, DAMAGED_SAMPLE));
  return { payload: { kind: "damaged", bytes: sample, detail }, records: 1, end };
}

async function readHeader(feed: ByteFeed): Promise<ContainerHeader | string> {
  for (;;) {
    const header = parseContainerHeader(feed.buf.subarray(feed.pos));
    if (header !== null) return header;
    if (feed.available > MAX_HEADER) return "the header of the Avro container is damaged";
    if (!(await feed.fill())) return feed.fault ?? "the Avro container ends inside its header";
  }
}

interface Block {
  readonly count: number;
  readonly data: Buffer;
  readonly length: number;
}

/** The block at `feed.pos`, not yet stepped over; text where there is none. */
async function peekBlock(feed: ByteFeed, sync: Buffer): Promise<Block | string> {
  await feed.need(BLOCK_HEAD);
  const cursor = new AvroCursor();
  cursor.buf = feed.buf;
  cursor.pos = feed.pos;
  cursor.end = feed.buf.length;
  let count: number;
  let size: number;
  try {
    count = cursor.long();
    size = cursor.long();
  } catch (error) {
    if (error !== MALFORMED) throw error;
    return "an Avro block is damaged";
  }
  if (count < 0 || size < 0) return "an Avro block is damaged";
  if (size > MAX_PACKED_BLOCK) return `an Avro block is damaged or larger than ${MAX_PACKED_BLOCK} bytes`;
  const head = cursor.pos - feed.pos;
  const length = head + size + SYNC_LENGTH;
  if (!(await feed.need(length))) return feed.fault ?? "the Avro container is cut off";
  const start = feed.pos + head;
  if (sync.compare(feed.buf, start + size, start + size + SYNC_LENGTH) !== 0) {
    return "an Avro block does not end with its sync marker";
  }
  return { count, data: feed.buf.subarray(start, start + size), length };
}

/** Steps behind the next sync marker, or to the end. Returns the first bytes stepped over. */
async function resync(feed: ByteFeed, sync: Buffer): Promise<Buffer> {
  await feed.need(DAMAGED_SAMPLE);
  const sample = Buffer.from(feed.buf.subarray(feed.pos, feed.pos + DAMAGED_SAMPLE));
  for (;;) {
    const found = feed.buf.indexOf(sync, feed.pos);
    if (found >= 0) {
      feed.pos = found + SYNC_LENGTH;
      return sample;
    }
    // A marker may begin in the last bytes.
    feed.pos = Math.max(feed.pos, feed.buf.length - (SYNC_LENGTH - 1));
    if (!(await feed.fill())) {
      feed.pos = feed.buf.length;
      return sample;
    }
  }
}

/** Blocks read but not yet handed on, joined so that a batch is worth its commit. */
class Joined {
  #blocks: Buffer[] = [];
  #parts: { end: number; count: number }[] = [];
  #bytes = 0;
  count = 0;

  add(data: Buffer, count: number): void {
    this.#blocks.push(data);
    this.#bytes += data.length;
    this.count += count;
    this.#parts.push({ end: this.#bytes, count });
  }

  get full(): boolean {
    return this.count >= PIECE_RECORDS || this.#bytes >= PIECE_BYTES;
  }

  take(writer: AvroWriterRef, end: number): Piece {
    const single = this.#blocks.length === 1;
    const bytes = single ? this.#blocks[0] : Buffer.concat(this.#blocks);
    const parts = single ? undefined : this.#parts;
    const count = this.count;
    this.#blocks = [];
    this.#parts = [];
    this.#bytes = 0;
    this.count = 0;
    return { payload: { kind: "avro-block", writer, bytes, count, parts }, records: count, end };
  }
}

/** What the blocks behind a container's header are read by. */
interface Container {
  readonly header: ContainerHeader;
  readonly writer: AvroWriterRef;
  readonly unpack: (bytes: Buffer) => Promise<Buffer>;
}

/** The container whose header begins at `feed.pos`, which is stepped over; text where there is none. */
async function openContainer(feed: ByteFeed): Promise<Container | string> {
  const header = await readHeader(feed);
  if (typeof header === "string") return header;
  const unpack = blockCodec(header.codec);
  const fault = headerFault(header, unpack !== undefined);
  if (!unpack || fault !== null) return fault ?? "";
  feed.pos += header.length;
  return { header, writer: { schemaJson: header.schemaJson }, unpack };
}

/**
 * The blocks of an Avro object container, or of several one after the other, from `from` on (0, or where a
 * piece ended), in pieces. What lies before `from` is walked over again, to know the container that it is in.
 */
export async function* avroPieces(feed: ByteFeed, from: number): AsyncGenerator<Piece> {
  if (!(await feed.fill()) && feed.fault === null) return;
  let container = await openContainer(feed);
  const joined = new Joined();
  let told: string | null = null;
  for (;;) {
    if (typeof container === "string") {
      yield damaged(feed.buf.subarray(feed.pos), container, feed.offset);
      return;
    }
    if (feed.available === 0 && !(await feed.fill())) break;
    const { header, writer, unpack } = container;
    const start = feed.offset;
    await feed.need(SYNC_LENGTH);
    if (beginsContainer(feed.buf.subarray(feed.pos))) {
      if (joined.count > 0) yield joined.take(writer, start);
      container = await openContainer(feed);
      continue;
    }
    const block = await peekBlock(feed, header.sync);
    if (typeof block === "string") {
      if (joined.count > 0) yield joined.take(writer, start);
      const sample = await resync(feed, header.sync);
      if (feed.offset <= from) continue;
      told = feed.fault;
      yield damaged(sample, told ?? block, feed.offset);
      continue;
    }
    feed.pos += block.length;
    if (feed.offset <= from) continue;
    let data: Buffer | null = null;
    try {
      data = await unpack(block.data);
    } catch {
      // Told below, as bytes that do not fit their count are.
    }
    // A record takes at least one byte: a count beyond that is no count.
    if (data === null || block.count > data.length) {
      if (joined.count > 0) yield joined.take(writer, start);
      yield damaged(block.data, `an Avro block cannot be unpacked (codec ${header.codec})`, feed.offset);
      continue;
    }
    if (block.count > 0) joined.add(data, block.count);
    if (joined.full) yield joined.take(writer, feed.offset);
  }
  if (joined.count > 0) yield joined.take(container.writer, feed.offset);
  // Where the packing broke exactly between two blocks, nothing has told it yet.
  if (feed.fault !== told && feed.fault !== null) yield damaged(Buffer.alloc(0), feed.fault, feed.offset);
}

function headerFault(header: ContainerHeader, codecKnown: boolean): string | null {
  if (!codecKnown) {
    return `the Avro codec ${header.codec.slice(0, 40)} is not supported: write with ${BLOCK_CODECS}`;
  }
  try {
    parseAvro(header.schemaJson);
    return null;
  } catch (error) {
    const why = error instanceof SyntaxError ? "no JSON" : (error as Error).message;
    return `the schema in the Avro container is none: ${visible(why)}`;
  }
}

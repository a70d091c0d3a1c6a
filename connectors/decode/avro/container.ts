import { createRequire } from "node:module";
import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import { zstdDecompress } from "../../compression/codecs.js";
import { AvroCursor, MALFORMED } from "./cursor.js";

const snappy = createRequire(import.meta.url)("snappyjs") as {
  uncompress(bytes: Buffer, maxLength: number): Buffer;
};

/** Avro object container files: header and block codecs. */

const MAGIC = Buffer.from("Obj\x01", "latin1");
export const SYNC_LENGTH = 16;
/** Longest header that is looked at; schemas are a few kilobytes. */
export const MAX_HEADER = 16 * 1024 * 1024;
/** Largest block taken into memory, packed and unpacked. Writers make blocks of 16 KB to a few MB. */
export const MAX_PACKED_BLOCK = 64 * 1024 * 1024;
const MAX_BLOCK = 256 * 1024 * 1024;

export interface ContainerHeader {
  readonly schemaJson: string;
  readonly codec: string;
  readonly sync: Buffer;
  /** Bytes that the header takes up. */
  readonly length: number;
}

/** Whether a container begins at these bytes: in the middle of a file, where one follows another. */
export const beginsContainer = (bytes: Buffer): boolean => bytes.subarray(0, MAGIC.length).equals(MAGIC);

/** Reads the header at the start of `bytes`: null where it is not whole yet, text where it is none. */
export function parseContainerHeader(bytes: Buffer): ContainerHeader | string | null {
  const seen = Math.min(bytes.length, MAGIC.length);
  if (!bytes.subarray(0, seen).equals(MAGIC.subarray(0, seen))) return "the file is no Avro object container";
  const cursor = new AvroCursor();
  cursor.buf = bytes;
  cursor.end = bytes.length;
  const meta = new Map<string, string>();
  try {
    cursor.take(MAGIC.length);
    cursor.items(() => {
      const key = cursor.bytes().toString("utf8");
      meta.set(key, cursor.bytes().toString("utf8"));
    });
    const at = cursor.take(SYNC_LENGTH);
    const schemaJson = meta.get("avro.schema");
    if (schemaJson === undefined) return "the Avro container names no schema";
    const sync = Buffer.from(bytes.subarray(at, at + SYNC_LENGTH));
    return { schemaJson, codec: meta.get("avro.codec") ?? "null", sync, length: cursor.pos };
  } catch (error) {
    if (error !== MALFORMED) throw error;
    return null;
  }
}

const inflate = promisify(inflateRaw) as (bytes: Buffer, options: object) => Promise<Buffer>;

async function unsnap(bytes: Buffer): Promise<Buffer> {
  const unpacked = snappy.uncompress(bytes.subarray(0, bytes.length - 4), MAX_BLOCK);
  if (crc32(unpacked) !== bytes.readUInt32BE(bytes.length - 4)) throw new Error("checksum differs");
  return unpacked;
}

const CODECS: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
  null: async (bytes) => bytes,
  deflate: (bytes) => inflate(bytes, { maxOutputLength: MAX_BLOCK }),
  snappy: unsnap,
  zstandard: async (bytes) => {
    const unpacked = zstdDecompress(bytes);
    if (unpacked.length > MAX_BLOCK) throw new Error("larger than a block may be");
    return unpacked;
  },
};
/** Codecs that a block may be packed with, for messages. */
export const BLOCK_CODECS = Object.keys(CODECS).join(", ");

/** Unpacks a block's bytes; undefined for a codec that is not supported. The function rejects damaged bytes. */
export function blockCodec(name: string): ((bytes: Buffer) => Promise<Buffer>) | undefined {
  return Object.hasOwn(CODECS, name) ? CODECS[name] : undefined;
}

/** A zig-zag integer as Avro writes it; `value` must not be negative. */
function long(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function sized(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  return [long(bytes.length), bytes];
}

/**
 * A whole container file around one record: how a record of a foreign schema is kept, so that it can be read
 * again by itself, here or by any Avro tool.
 */
export function writeOneRecordContainer(schemaJson: string, record: Buffer): Buffer {
  const sync = Buffer.alloc(SYNC_LENGTH, "fundpulse-record");
  const meta = [long(1), ...sized("avro.schema"), ...sized(schemaJson), long(0)];
  return Buffer.concat([MAGIC, ...meta, sync, long(1), long(record.length), record, sync]);
}

/** Schema and place of the record in such a container; null where the bytes are none. */
export function readOneRecordContainer(
  bytes: Buffer,
): { readonly schemaJson: string; readonly start: number; readonly end: number } | null {
  const header = parseContainerHeader(bytes);
  if (header === null || typeof header === "string" || header.codec !== "null") return null;
  const cursor = new AvroCursor();
  cursor.buf = bytes;
  cursor.pos = header.length;
  cursor.end = bytes.length;
  try {
    if (cursor.long() !== 1) return null;
    const size = cursor.long();
    const start = cursor.take(size);
    const sync = cursor.take(SYNC_LENGTH);
    if (cursor.pos !== bytes.length || header.sync.compare(bytes, sync, bytes.length) !== 0) return null;
    return { schemaJson: header.schemaJson, start, end: start + size };
  } catch (error) {
    if (error !== MALFORMED) throw error;
    return null;
  }
}

import { createRequire } from "node:module";
import zlib from "node:zlib";
import { decompress as zstdInJavaScript } from "fzstd";

// CommonJS modules without types.
const require = createRequire(import.meta.url);
const snappy = require("snappyjs") as { uncompress(bytes: Uint8Array): Uint8Array };
const lz4 = require("lz4js") as {
  decompressBlock(from: Uint8Array, to: Uint8Array, at: number, length: number, into: number): number;
};

const SNAPPY_STREAM = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);

/**
 * Snappy as Kafka producers write it: Java's stream framing (a 16-byte header, then blocks with their
 * length before them), or one bare block as other clients send.
 */
export function snappyDecompress(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, 8).equals(SNAPPY_STREAM)) return asBuffer(snappy.uncompress(bytes));
  const parts: Buffer[] = [];
  for (let at = 16; at < bytes.length; ) {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0 || at + length > bytes.length) throw new Error("snappy: a block is cut short");
    parts.push(asBuffer(snappy.uncompress(bytes.subarray(at, at + length))));
    at += length;
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

const LZ4_MAGIC = 0x184d2204;
const LZ4_UNCOMPRESSED = 0x80000000;

/** LZ4 frames, one after the other. Checksums are stepped over: the broker has verified the batch. */
export function lz4Decompress(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.readUInt32LE(at) !== LZ4_MAGIC) throw new Error("lz4: not a frame");
    const flags = bytes[at + 4];
    const blockBytes = 1 << (8 + 2 * ((bytes[at + 5] >> 4) & 7));
    // Header: magic, flags, block size, [content size], [dictionary id], header checksum.
    at += 4 + 2 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0) + 1;
    const blocks: { readonly at: number; readonly length: number; readonly stored: boolean }[] = [];
    let room = 0;
    for (;;) {
      const size = bytes.readUInt32LE(at);
      at += 4;
      if (size === 0) break;
      const stored = (size & LZ4_UNCOMPRESSED) !== 0;
      const length = size & 0x7fffffff;
      if (at + length > bytes.length) throw new Error("lz4: a block is cut short");
      blocks.push({ at, length, stored });
      room += stored ? length : blockBytes;
      at += length + (flags & 0x10 ? 4 : 0);
    }
    if (flags & 0x04) at += 4;
    // One room for the whole frame: a block may refer back into the one before it.
    const out = Buffer.allocUnsafe(room);
    let end = 0;
    for (const block of blocks) {
      if (block.stored) end += bytes.copy(out, end, block.at, block.at + block.length);
      else end = lz4.decompressBlock(bytes, out, block.at, block.length, end);
      if (end > room) throw new Error("lz4: a block is longer than its frame allows");
    }
    parts.push(out.subarray(0, end));
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

const native = (zlib as { zstdDecompressSync?: (bytes: Uint8Array) => Buffer }).zstdDecompressSync;

/** Zstandard: Node's own where it has it (22.15 and later), else in JavaScript at about a fifth of the rate. */
export const zstdDecompress: (bytes: Buffer) => Buffer =
  native === undefined ? zstdInScript : (bytes) => native(bytes);

export function zstdInScript(bytes: Buffer): Buffer {
  return asBuffer(zstdInJavaScript(bytes));
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

import { createRequire } from "node:module";
import { crc32, deflateRawSync } from "node:zlib";

const snappy = createRequire(import.meta.url)("snappyjs") as { compress(bytes: Buffer): Buffer };

export const SYNC = Buffer.from("0123456789abcdef");

export function avroLong(value: number): Buffer {
  const bytes: number[] = [];
  let n = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  for (; n >= 128n; n >>= 7n) bytes.push(Number(n & 127n) | 128);
  bytes.push(Number(n));
  return Buffer.from(bytes);
}

const sized = (bytes: Buffer | string): Buffer => {
  const b = Buffer.from(bytes);
  return Buffer.concat([avroLong(b.length), b]);
};

export function containerHeader(schema: object | string, codec: string | null = "null"): Buffer {
  const json = typeof schema === "string" ? schema : JSON.stringify(schema);
  const entries = [sized("avro.schema"), sized(json)];
  if (codec !== null) entries.push(sized("avro.codec"), sized(codec));
  return Buffer.concat([Buffer.from("Obj\x01"), avroLong(entries.length / 2), ...entries, avroLong(0), SYNC]);
}

export function pack(codec: string, bytes: Buffer): Buffer {
  if (codec === "deflate") return deflateRawSync(bytes);
  if (codec !== "snappy") return bytes;
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return Buffer.concat([snappy.compress(bytes), sum]);
}

export function containerBlock(records: readonly Buffer[], codec = "null", count = records.length): Buffer {
  const packed = pack(codec, Buffer.concat(records));
  return Buffer.concat([avroLong(count), sized(packed), SYNC]);
}

/** An Avro object container with `perBlock` records a block. */
export function container(schema: object, records: readonly Buffer[], codec = "null", perBlock = 3): Buffer {
  const parts = [containerHeader(schema, codec)];
  for (let i = 0; i < records.length; i += perBlock) {
    parts.push(containerBlock(records.slice(i, i + perBlock), codec));
  }
  return Buffer.concat(parts);
}

/** Smallest two's-complement bytes of an integer, as Avro's `decimal` wants them. */
export function decimalBytes(unscaled: bigint): Buffer {
  let size = 1;
  while (BigInt.asIntN(size * 8, unscaled) !== unscaled) size++;
  return Buffer.from(
    BigInt.asUintN(size * 8, unscaled)
      .toString(16)
      .padStart(size * 2, "0"),
    "hex",
  );
}

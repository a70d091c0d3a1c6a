import type { AvroNode } from "./node.js";

/** Thrown, without a stack to build, where the bytes cannot be a record of the schema. */
export const MALFORMED = Object.freeze({ malformed: true });

const MAX_DEPTH = 64;
const TWO_28 = 2 ** 28;

/** Walks Avro binary. Reading past the end throws MALFORMED, at the latest when the next size is checked. */
export class AvroCursor {
  buf: Buffer = Buffer.alloc(0);
  pos = 0;
  end = 0;

  /** A zig-zag integer; exact within 2^53, and surely outside it where the value is. */
  long(): number {
    const buf = this.buf;
    let pos = this.pos;
    let byte = buf[pos++];
    let n = byte & 127;
    let shift = 7;
    while (byte >= 128 && shift < 28) {
      byte = buf[pos++];
      n |= (byte & 127) << shift;
      shift += 7;
    }
    if (byte >= 128) {
      let factor = TWO_28;
      do {
        byte = buf[pos++];
        n += (byte & 127) * factor;
        factor *= 128;
        shift += 7;
      } while (byte >= 128 && shift < 70);
      if (byte >= 128) throw MALFORMED;
    }
    if (pos > this.end) throw MALFORMED;
    this.pos = pos;
    return n % 2 === 0 ? n / 2 : -(n + 1) / 2;
  }

  /** The same, exact up to 64 bits. */
  bigLong(): bigint {
    let n = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.pos >= this.end) throw MALFORMED;
      const byte = this.buf[this.pos++];
      n |= BigInt(byte & 127) << shift;
      if (byte < 128) return (n >> 1n) ^ -(n & 1n);
    }
    throw MALFORMED;
  }

  /** Steps over `size` bytes and returns where they begin. */
  take(size: number): number {
    const start = this.pos;
    if (!(size >= 0 && size <= this.end - start)) throw MALFORMED;
    this.pos = start + size;
    return start;
  }

  bytes(): Buffer {
    const size = this.long();
    const start = this.take(size);
    return this.buf.subarray(start, start + size);
  }

  /** Calls `item` for every item of an array or map. Items of no bytes at all are refused beyond reason. */
  items(item: () => void): void {
    for (;;) {
      let count = this.long();
      if (count === 0) return;
      if (count < 0) {
        count = -count;
        this.long();
      }
      if (count > this.end - this.pos) throw MALFORMED;
      for (let i = 0; i < count; i++) item();
    }
  }

  branch(branches: readonly AvroNode[]): AvroNode {
    const branch = branches[this.long()];
    if (!branch) throw MALFORMED;
    return branch;
  }

  /** Steps over a value that nobody wants. */
  skip(node: AvroNode, depth = 0): void {
    if (depth > MAX_DEPTH) throw MALFORMED;
    switch (node.kind) {
      case "null":
        return;
      case "boolean":
        this.take(1);
        return;
      case "int":
      case "long":
      case "enum":
        this.long();
        return;
      case "float":
        this.take(4);
        return;
      case "double":
        this.take(8);
        return;
      case "bytes":
      case "string":
        this.take(this.long());
        return;
      case "fixed":
        this.take(node.size);
        return;
      case "union":
        this.skip(this.branch(node.branches), depth + 1);
        return;
      case "record":
        for (const field of node.fields) this.skip(field.node, depth + 1);
        return;
      case "array":
        this.items(() => this.skip(node.items, depth + 1));
        return;
      case "map":
        this.items(() => {
          this.take(this.long());
          this.skip(node.items, depth + 1);
        });
    }
  }
}

import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { FundpulseError } from "../../schemas/errors.js";
import { DamagedPacking } from "./gunzip.js";

const CHUNK = 1024 * 1024;
/** Packed bytes taken at a time; unpacked they may be a thousand times as many. */
export const PACKED_CHUNK = 16 * 1024;

export interface OpenBytes {
  readonly file: FileHandle;
  /** For messages. */
  readonly path: string;
}

/** Reads part of a file. Throws FP3007. */
export async function readAt({ file, path }: OpenBytes, offset: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size);
  try {
    const { bytesRead } = await file.read(buffer, 0, size, offset);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new FundpulseError("FP3007", `${path} cannot be read (${code})`, { cause });
  }
}

/** The bytes of a file from an offset, in chunks whose bounds depend on nothing but the offset. */
async function* fileChunks(open: OpenBytes, from: number, size = CHUNK): AsyncGenerator<Buffer> {
  for (let offset = from; ; ) {
    const chunk = await readAt(open, offset, size);
    if (chunk.length === 0) return;
    yield chunk;
    offset += chunk.length;
  }
}

/** The CRC-32 of a file's bytes, taken while they pass by, from the first one on. */
export class PassingCrc {
  value = 0;
  /** How far the bytes have passed without a gap. */
  at = 0;

  async *of(open: OpenBytes, from: number, size = CHUNK): AsyncGenerator<Buffer> {
    let offset = from;
    for await (const chunk of fileChunks(open, from, size)) {
      if (offset === this.at) {
        this.value = crc32(chunk, this.value);
        this.at += chunk.length;
      }
      offset += chunk.length;
      yield chunk;
    }
  }

  /** Passes what is left of a file's first `size` bytes. */
  async upTo(open: OpenBytes, size: number): Promise<void> {
    while (this.at < size) {
      const chunk = await readAt(open, this.at, Math.min(CHUNK, size - this.at));
      if (chunk.length === 0) return;
      this.value = crc32(chunk, this.value);
      this.at += chunk.length;
    }
  }
}

/** A window that moves over a stream of bytes. Holds what was asked for and not yet stepped over. */
export class ByteFeed {
  buf: Buffer = Buffer.alloc(0);
  pos = 0;
  /** Why the bytes end too early; null while they do not. */
  fault: string | null = null;
  /** With a fault: everything that was packed was read all the same, the last line to its end. */
  complete = false;
  #base = 0;
  #chunks: AsyncIterator<Buffer>;

  /** `seek` reopens the bytes at an offset; null where they can only be read from the start. */
  constructor(
    chunks: AsyncIterator<Buffer>,
    readonly seek: ((offset: number) => AsyncIterator<Buffer>) | null,
  ) {
    this.#chunks = chunks;
  }

  /** Offset of `pos` in the stream. */
  get offset(): number {
    return this.#base + this.pos;
  }

  get available(): number {
    return this.buf.length - this.pos;
  }

  /** Adds the next chunk; false at the end. */
  async fill(): Promise<boolean> {
    return this.need(this.available + 1);
  }

  /** Has at least `size` bytes from `pos` on; false where the stream ends before. */
  async need(size: number): Promise<boolean> {
    if (this.available >= size) return true;
    const parts = this.available > 0 ? [this.buf.subarray(this.pos)] : [];
    let have = this.available;
    while (have < size) {
      const chunk = await this.next();
      if (chunk === null) break;
      parts.push(chunk);
      have += chunk.length;
    }
    this.#base += this.pos;
    this.pos = 0;
    this.buf = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    return have >= size;
  }

  /** Moves on to an offset not before the present one. */
  async jump(offset: number): Promise<void> {
    if (offset - this.offset <= this.available) {
      this.pos += offset - this.offset;
      return;
    }
    if (this.seek) {
      await this.close();
      this.#chunks = this.seek(offset);
      this.buf = Buffer.alloc(0);
      this.pos = 0;
      this.#base = offset;
      return;
    }
    while (this.offset + this.available < offset) {
      this.pos = this.buf.length;
      if (!(await this.fill())) return;
    }
    this.pos += offset - this.offset;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  private async next(): Promise<Buffer | null> {
    if (this.fault !== null) return null;
    try {
      const { value, done } = await this.#chunks.next();
      return done ? null : value;
    } catch (error) {
      if (!(error instanceof DamagedPacking)) throw error;
      this.fault = error.message;
      this.complete = error.complete;
      return null;
    }
  }
}

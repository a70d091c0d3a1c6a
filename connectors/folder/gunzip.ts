import { crc32, createInflateRaw } from "node:zlib";

/** Ends a stream of unpacked bytes where the packed ones are damaged; what came before is whole. */
export class DamagedPacking extends Error {
  /** `complete`: all that was packed has been unpacked, so that the last line needs no line end to be whole. */
  constructor(
    message: string,
    readonly complete: boolean,
  ) {
    super(message);
  }
}

const FLAG_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
const TRAILER_BYTES = 8;

/** Packed bytes with the possibility to hand some back. */
class Packed {
  #rest: Buffer = Buffer.alloc(0);
  constructor(readonly chunks: AsyncIterator<Buffer>) {}

  /** The next bytes, some at least; null at the end. */
  async some(): Promise<Buffer | null> {
    if (this.#rest.length > 0) {
      const bytes = this.#rest;
      this.#rest = Buffer.alloc(0);
      return bytes;
    }
    const { value, done } = await this.chunks.next();
    return done ? null : value;
  }

  giveBack(bytes: Buffer): void {
    this.#rest = Buffer.concat([bytes, this.#rest]);
  }

  /** Exactly so many bytes, or null (and the rest lost) where the stream ends before. */
  async exactly(size: number): Promise<Buffer | null> {
    while (this.#rest.length < size) {
      const { value, done } = await this.chunks.next();
      if (done) return null;
      this.#rest = Buffer.concat([this.#rest, value]);
    }
    const bytes = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return bytes;
  }

  /** Steps behind the next zero byte; false where there is none. */
  async skipText(): Promise<boolean> {
    for (;;) {
      const bytes = await this.some();
      if (bytes === null) return false;
      const end = bytes.indexOf(0);
      if (end < 0) continue;
      this.giveBack(bytes.subarray(end + 1));
      return true;
    }
  }

  /** Steps over zero bytes; false at the end of the stream. */
  async skipZeros(): Promise<boolean> {
    for (;;) {
      const bytes = await this.some();
      if (bytes === null) return false;
      const first = bytes.findIndex((byte) => byte !== 0);
      if (first < 0) continue;
      this.giveBack(bytes.subarray(first));
      return true;
    }
  }
}

/** Steps over a member's header (RFC 1952); says what is wrong with it, or null. */
async function skipHeader(packed: Packed): Promise<string | null> {
  const head = await packed.exactly(10);
  if (head === null || head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8) return "no gzip data";
  const flags = head[3];
  if (flags & FLAG_EXTRA) {
    const size = await packed.exactly(2);
    if (size === null || (await packed.exactly(size.readUInt16LE())) === null) return "its header is cut off";
  }
  if (flags & FLAG_NAME && !(await packed.skipText())) return "its header is cut off";
  if (flags & FLAG_COMMENT && !(await packed.skipText())) return "its header is cut off";
  if (flags & FLAG_CRC && (await packed.exactly(2)) === null) return "its header is cut off";
  return null;
}

/**
 * Unpacks the deflated data of one member. A flowing stream hands every piece over at once: one that is
 * iterated would drop what it still holds when it fails. Every way in which it may end is listened for, so
 * that no damage can make it wait for ever.
 */
async function* inflateMember(packed: Packed): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw();
  let ready: Buffer[] = [];
  let failure: Error | null = null;
  let ended = false;
  let wake: () => void = () => undefined;
  inflate.on("data", (piece: Buffer) => ready.push(piece));
  for (const event of ["end", "close"]) {
    inflate.on(event, () => {
      ended = true;
      wake();
    });
  }
  inflate.on("error", (error) => {
    failure = error;
    wake();
  });
  const step = (start: (done: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      start(resolve);
    });
  const take = (): Buffer[] => {
    const pieces = ready;
    ready = [];
    return pieces;
  };
  try {
    while (!ended && failure === null) {
      const chunk = await packed.some();
      if (chunk === null) break;
      const before = inflate.bytesWritten;
      await step((done) => inflate.write(chunk, () => done()));
      const consumed = inflate.bytesWritten - before;
      yield* take();
      if (failure === null && consumed < chunk.length) {
        packed.giveBack(chunk.subarray(consumed));
        break;
      }
    }
    if (!ended && failure === null) {
      await step((done) => inflate.end(() => done()));
      if (!ended && failure === null) await step(() => undefined);
    }
    yield* take();
    if (failure !== null) throw new DamagedPacking((failure as Error).message, false);
  } finally {
    inflate.destroy();
  }
}

/**
 * The unpacked bytes of gzip data as `gzip -d` reads it: one member after the other, zero padding between and
 * behind. Throws DamagedPacking after everything that could be unpacked: a member cut off or damaged, a wrong
 * checksum, other bytes behind the last member.
 */
export async function* gunzip(chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  const packed = new Packed(chunks);
  for (let member = 1; ; member++) {
    if (member > 1 && !(await packed.skipZeros())) return;
    const fault = await skipHeader(packed);
    if (fault !== null) {
      if (member === 1) throw new DamagedPacking(`the gzip data is damaged (${fault})`, false);
      throw new DamagedPacking("bytes that are no gzip data follow the last member", true);
    }
    let crc = 0;
    let size = 0;
    try {
      for await (const piece of inflateMember(packed)) {
        crc = crc32(piece, crc);
        size = (size + piece.length) >>> 0;
        yield piece;
      }
    } catch (error) {
      if (!(error instanceof DamagedPacking)) throw error;
      throw new DamagedPacking(`the gzip data is damaged or cut off (${error.message})`, false);
    }
    const trailer = await packed.exactly(TRAILER_BYTES);
    if (trailer === null) throw new DamagedPacking("the gzip data is cut off before its checksum", true);
    if (trailer.readUInt32LE() !== crc || trailer.readUInt32LE(4) !== size) {
      throw new DamagedPacking(
        "the checksum of the gzip data is wrong: some record before may be damaged, or be missing",
        true,
      );
    }
  }
}

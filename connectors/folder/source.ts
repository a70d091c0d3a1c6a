import { constants } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FolderSourceConfig } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import { visible } from "../../schemas/visible.js";
import type { Position, Source, SourceBatch, SourceContext, SourceLag } from "../ports/source.js";
import { avroPieces } from "./avro.js";
import { ByteFeed, PACKED_CHUNK, PassingCrc } from "./bytes.js";
import { changeOf, looksOf } from "./changes.js";
import { lineDecoder, wholeDecoder } from "./encoding.js";
import {
  type FileKind,
  type FileMark,
  kindOfName,
  listFiles,
  type OpenedFile,
  openFile,
  readMark,
  sameStats,
  writeMark,
} from "./files.js";
import { gunzip } from "./gunzip.js";
import { linePieces } from "./lines.js";
import type { Piece } from "./piece.js";

export interface FolderSourceOptions {
  readonly path: string;
  readonly pollMs?: number;
  /** Of NDJSON files; `utf-8` where it is not given. */
  readonly encoding?: FolderSourceConfig["encoding"];
}

type Deliver = (batch: SourceBatch) => Promise<void>;

/** Taken files looked at again in each round, so that a long-lived folder costs the same as a new one. */
const RECHECKED_PER_ROUND = 64;
/** Files named in a message at most. */
const NAMED = 10;
/** An idle source looks at the folder for at most one part in so many of its time. */
const IDLE_PER_LOOK = 20;
/** A file that is written on and on is looked at again after so long. */
const LOOK_AGAIN_MS = 60_000;
/** What a file looks like that is not there. */
const GONE = "gone";

/**
 * The drop folder. A file is complete when it appears; files are taken in name order and never twice. What
 * was taken is known from the committed positions alone, so a killed process goes on where it stood.
 * Memory: a few batches, and a mark for every file of the folder.
 */
export class FolderSource implements Source {
  readonly name = "folder";
  readonly #path: string;
  readonly #pollMs: number;
  readonly #encoding: FolderSourceConfig["encoding"];
  /** Files read to their end, with what they looked like. */
  readonly #taken = new Map<string, FileMark | null>();
  readonly #recheck: string[] = [];
  /** Files half read and then changed: reported and left alone. */
  readonly #left = new Set<string>();
  readonly #warned = new Set<string>();
  /** Files that cannot be opened just now. */
  readonly #unreadable = new Set<string>();
  /** When a changed file was last looked into (`performance.now`). */
  readonly #lookedAt = new Map<string, number>();

  constructor(options: FolderSourceOptions) {
    this.#path = options.path;
    this.#pollMs = options.pollMs ?? 250;
    this.#encoding = options.encoding ?? "utf-8";
  }

  async check(): Promise<string> {
    const names = await listFiles(this.#path);
    const [files, strangers]: [string[], string[]] = [[], []];
    for (const name of names) (kindOfName(name) === null ? strangers : files).push(name);
    const found = `drop folder ${this.#path}: ${files.length} files`;
    await this.mustBeReadable(files);
    if (strangers.length === 0) return found;
    const some = strangers.slice(0, NAMED).map(visible).join(", ");
    return `${found}; ${strangers.length} fit no stream and are not read: ${some}${strangers.length > NAMED ? " …" : ""}`;
  }

  /** @throws FundpulseError FP3007 that lists the files which this user cannot read. */
  private async mustBeReadable(names: readonly string[]): Promise<void> {
    const unreadable: string[] = [];
    for (const name of names) {
      // A link may lead to a pipe, whose opening would wait for a writer.
      await open(join(this.#path, name), constants.O_RDONLY | constants.O_NONBLOCK).then(
        (file) => file.close(),
        (error: NodeJS.ErrnoException) => unreadable.push(`${visible(name)} (${error.code ?? "unknown"})`),
      );
    }
    if (unreadable.length === 0) return;
    const some = unreadable.slice(0, NAMED).join(", ") + (unreadable.length > NAMED ? " …" : "");
    throw new FundpulseError(
      "FP3007",
      `${unreadable.length} of ${names.length} files in ${this.#path} cannot be read: ${some}`,
      { action: "give them to the user who runs this (`chown`, `chmod`); they are read once they can be" },
    );
  }

  async run(
    context: SourceContext,
    deliver: Deliver,
    options: { readonly untilDrained: boolean; readonly onDrained: () => void },
  ): Promise<void> {
    this.#taken.clear();
    this.#recheck.length = 0;
    this.#left.clear();
    const half = new Set<string>();
    for (const position of context.partitions(this.name)) {
      if (position.finished) this.noteTaken(position.partition, readMark(position.fingerprint));
      else half.add(position.partition);
    }
    let idle = false;
    let first = true;
    while (!context.signal.aborted) {
      const lookedAt = performance.now();
      const names = await listFiles(this.#path);
      const pauseMs = Math.max(this.#pollMs, (performance.now() - lookedAt) * IDLE_PER_LOOK);
      if (first) await this.tellVanished(context, half, names);
      await this.recheck(context, deliver, first ? this.#recheck.length : RECHECKED_PER_ROUND);
      first = false;
      if (await this.round(context, deliver, names)) {
        idle = false;
        continue;
      }
      if (context.signal.aborted) return;
      if (!idle) options.onDrained();
      idle = true;
      if (options.untilDrained) return;
      await sleep(pauseMs, undefined, { signal: context.signal }).catch(() => undefined);
    }
  }

  async lag(): Promise<readonly SourceLag[]> {
    const names = await listFiles(this.#path);
    return names
      .filter((name) => kindOfName(name) !== null && !this.#taken.has(name) && !this.#left.has(name))
      .map((partition) => {
        const waits = !this.#unreadable.has(partition);
        return { source: this.name, partition, lag: null, waits };
      });
  }

  async close(): Promise<void> {}

  /** Takes the files of one listing that were not taken yet; true where anything was delivered. */
  private async round(context: SourceContext, deliver: Deliver, names: readonly string[]): Promise<boolean> {
    const listedAt = performance.now();
    let delivered = false;
    for (const name of names) {
      if (context.signal.aborted) return delivered;
      if (this.#taken.has(name) || this.#left.has(name)) continue;
      // A file that came meanwhile may stand before this one.
      if (delivered && performance.now() - listedAt > this.#pollMs) return true;
      const kind = kindOfName(name);
      if (!kind) this.warnOnce(context, "file_fits_no_stream", name);
      else if (await this.take(context, deliver, name, kind)) delivered = true;
    }
    return delivered;
  }

  /** Reads one file from its committed position to its end. */
  private async take(
    context: SourceContext,
    deliver: Deliver,
    name: string,
    kind: FileKind,
  ): Promise<boolean> {
    const path = join(this.#path, name);
    const opened = await openFile(path);
    if ("code" in opened) {
      this.#unreadable.add(name);
      this.warnOnce(context, opened.code === "ENOENT" ? "file_vanished" : "file_unreadable", name, {
        code: opened.code,
      });
      return false;
    }
    this.#unreadable.delete(name);
    const { file, mark } = opened;
    try {
      const committed = context.committed(this.name, name);
      if (committed?.finished) {
        this.noteTaken(name, readMark(committed.fingerprint));
        return false;
      }
      const before = readMark(committed?.fingerprint ?? null);
      if (before && (before.size !== mark.size || before.head !== mark.head)) {
        // The committed position means nothing in another file.
        this.#left.add(name);
        this.warnOnce(context, "file_changed_half_read", name, { next: committed?.next });
        if (context.changedAs(this.name, name) !== looksOf(mark)) {
          const detail = "the file changed when it was half read; the rest is not read";
          await this.tell(context, name, kind, opened, detail);
        }
        return false;
      }
      await this.restored(context, name);
      const delivered = await this.read(context, deliver, name, kind, opened, committed, before?.at ?? 0);
      if (!sameStats(mark, await file.stat())) this.warnOnce(context, "file_changed_while_read", name);
      return delivered;
    } finally {
      await file.close();
    }
  }

  /** The bytes of a file, unpacked, and NDJSON in an encoding whose lines can be found. */
  private feed(opened: OpenedFile, { gzip, format }: FileKind, crc = new PassingCrc()): ByteFeed {
    const isPacked = gzip && opened.mark.size > 0;
    const isWide = format === "ndjson" && this.#encoding.startsWith("utf-16");
    if (!isPacked && !isWide) {
      return new ByteFeed(crc.of(opened, 0), (offset) => crc.of(opened, offset));
    }
    const bytes = isPacked ? gunzip(crc.of(opened, 0, PACKED_CHUNK)) : crc.of(opened, 0);
    return new ByteFeed(isWide ? wholeDecoder(bytes, this.#encoding) : bytes, null);
  }

  private async read(
    context: SourceContext,
    deliver: Deliver,
    name: string,
    kind: FileKind,
    opened: OpenedFile,
    committed: Position | undefined,
    from: number,
  ): Promise<boolean> {
    const { mark } = opened;
    const crc = new PassingCrc();
    const feed = this.feed(opened, kind, crc);
    const pieces = this.pieces(feed, kind, from);
    let next = committed?.next ?? 0;
    let lastApplied = committed?.lastApplied ?? null;
    let delivered = false;
    // One piece is known ahead, to tell the last one; another is made while a delivery runs.
    let current = await pieces.next();
    let ahead = pieces.next();
    const nothing: Piece = { payload: { kind: "values", values: [] }, records: 0, end: from };
    try {
      do {
        const piece = current.done ? nothing : current.value;
        const following = current.done ? current : await ahead;
        if (context.signal.aborted) return delivered;
        ahead = pieces.next();
        // A failure is told when this is awaited; until then it is nobody's.
        ahead.catch(() => undefined);
        const finished = following.done === true;
        // Of a file read to its end all is known that can be: what comes to it later is a change.
        const now = finished ? await wholeMark(opened, crc) : mark;
        const first = next;
        next += piece.records;
        if (piece.records > 0) lastApplied = next - 1;
        await deliver({
          stream: kind.stream,
          payload: piece.payload,
          positions: positionsOf(piece, first),
          appendedAtMs: null,
          arrivedAtMs: mark.mtimeMs,
          position: {
            source: this.name,
            partition: name,
            next,
            lastApplied,
            fingerprint: writeMark({ ...now, at: piece.end }),
            finished,
          },
        });
        delivered = true;
        if (finished) this.noteTaken(name, now);
        current = following;
      } while (!current.done);
      return delivered;
    } finally {
      await pieces.return(undefined);
      await feed.close();
    }
  }

  private pieces(feed: ByteFeed, { format }: FileKind, from: number): AsyncGenerator<Piece> {
    return format === "avro" ? avroPieces(feed, from) : linePieces(feed, from, lineDecoder(this.#encoding));
  }

  private noteTaken(name: string, mark: FileMark | null): void {
    if (!this.#taken.has(name)) this.#recheck.push(name);
    this.#taken.set(name, mark);
  }

  /** Looks whether files already taken have changed; they are told, never read again. */
  private async recheck(context: SourceContext, deliver: Deliver, count: number): Promise<void> {
    for (let i = Math.min(count, this.#recheck.length); i > 0; i--) {
      if (context.signal.aborted) return;
      const name = this.#recheck.shift()!;
      this.#recheck.push(name);
      const mark = this.#taken.get(name);
      const stats = await stat(join(this.#path, name)).catch(() => null);
      // Gone, or a folder in its place: there is nothing in it that was not taken.
      if (!mark || !stats?.isFile()) continue;
      if (sameStats(mark, stats)) await this.restored(context, name);
      else if (this.mayLook(context, name, looksOf(stats)))
        await this.lookAgain(context, deliver, name, mark);
    }
  }

  /** Whether what a file looks like now is news; one that changes all the time is looked at now and then. */
  private mayLook(context: SourceContext, name: string, now: string): boolean {
    if (context.changedAs(this.name, name) === now) return false;
    const last = this.#lookedAt.get(name);
    return last === undefined || performance.now() - last > LOOK_AGAIN_MS;
  }

  private async lookAgain(
    context: SourceContext,
    deliver: Deliver,
    name: string,
    taken: FileMark,
  ): Promise<void> {
    const kind = kindOfName(name);
    const opened = await openFile(join(this.#path, name));
    if ("code" in opened || !kind) return;
    try {
      const { mark } = opened;
      const change = await changeOf(taken, opened);
      if (change === null) {
        await this.touched(context, deliver, name, kind, { ...taken, mtimeMs: mark.mtimeMs });
        return;
      }
      await this.tell(context, name, kind, opened, change);
      const detail = { size: mark.size, sizeWhenTaken: taken.size };
      this.warnOnce(context, "file_changed_after_taken", name, detail, looksOf(mark));
    } finally {
      this.#lookedAt.set(name, performance.now());
      await opened.file.close();
    }
  }

  /** Only the date of a file is another: that is noted, so that it need not be read again after each start. */
  private async touched(
    context: SourceContext,
    deliver: Deliver,
    name: string,
    { stream }: FileKind,
    mark: FileMark,
  ): Promise<void> {
    this.#taken.set(name, mark);
    await this.restored(context, name);
    const position = context.committed(this.name, name);
    if (position?.finished !== true) return;
    const fingerprint = writeMark(mark);
    const { source, partition, next, lastApplied, finished } = position;
    await deliver({
      stream,
      payload: { kind: "values", values: [] },
      positions: [],
      appendedAtMs: null,
      position: { source, partition, next, lastApplied, finished, fingerprint },
    });
  }

  private async restored(context: SourceContext, name: string): Promise<void> {
    if (context.changedAs(this.name, name) !== undefined) await context.restored(this.name, name);
  }

  /** Tells of a file that is no longer what was taken; its present content is looked at on the way. */
  private async tell(
    context: SourceContext,
    name: string,
    kind: FileKind,
    opened: OpenedFile | null,
    detail: string,
  ): Promise<void> {
    await context.changed({
      source: this.name,
      partition: name,
      stream: kind.stream,
      detail,
      mark: opened === null ? GONE : looksOf(opened.mark),
      changedAtMs: opened?.mark.mtimeMs ?? null,
      content: opened && (() => this.content(context, name, kind, opened)),
    });
  }

  private async *content(
    context: SourceContext,
    name: string,
    kind: FileKind,
    opened: OpenedFile,
  ): AsyncGenerator<SourceBatch> {
    const feed = this.feed(opened, kind);
    const position = { source: this.name, partition: name, next: 0, lastApplied: null };
    try {
      for await (const { payload } of this.pieces(feed, kind, 0)) {
        if (context.signal.aborted) return;
        yield {
          stream: kind.stream,
          payload,
          positions: [0],
          appendedAtMs: null,
          arrivedAtMs: opened.mark.mtimeMs,
          position: { ...position, fingerprint: null, finished: false },
        };
      }
    } finally {
      await feed.close();
    }
  }

  private async tellVanished(
    context: SourceContext,
    half: ReadonlySet<string>,
    names: readonly string[],
  ): Promise<void> {
    const present = new Set(names);
    for (const name of half) {
      const kind = kindOfName(name);
      if (present.has(name) || !kind) continue;
      this.warnOnce(context, "file_vanished_half_read", name);
      if (context.changedAs(this.name, name) === GONE) continue;
      await this.tell(
        context,
        name,
        kind,
        null,
        "the file vanished when it was half read; the rest is missing",
      );
    }
  }

  private warnOnce(
    context: SourceContext,
    event: string,
    file: string,
    detail: Record<string, unknown> = {},
    version = "",
  ): void {
    const key = `${event}\n${file}\n${version}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    context.warn(event, { file, ...detail });
  }
}

/**
 * What a file looks like that was read to its end: as many bytes as passed, with their sum, and its date from
 * before. Whatever comes to it meanwhile makes it look otherwise later.
 */
async function wholeMark(opened: OpenedFile, crc: PassingCrc): Promise<FileMark> {
  // Damage can end the reading early, and a restart begins it in the middle.
  await crc.upTo(opened, opened.mark.size);
  return { ...opened.mark, size: crc.at, crc: crc.value };
}

function positionsOf(piece: Piece, first: number): number[] {
  if (piece.payload.kind !== "values") return [first];
  return Array.from({ length: piece.records }, (_, i) => first + i);
}

import { createHash } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { FundpulseError } from "../../schemas/errors.js";
import { STREAM_NAMES, type StreamName } from "../../schemas/input/streams.js";
import { type OpenBytes, readAt } from "./bytes.js";

/** What a file's name says of it. */
export interface FileKind {
  readonly stream: StreamName;
  readonly format: "avro" | "ndjson";
  readonly gzip: boolean;
}

const ENDING = /\.(avro|ndjson)(\.gz)?$/;

/** The kind of a file by its name `<stream>-<anything>.avro|.ndjson[.gz]`; null where it fits no stream. */
export function kindOfName(name: string): FileKind | null {
  const ending = ENDING.exec(name);
  if (!ending) return null;
  const stem = name.slice(0, ending.index);
  const stream = STREAM_NAMES.find((s) => stem.length > s.length + 1 && stem.startsWith(`${s}-`));
  if (!stream) return null;
  return { stream, format: ending[1] as FileKind["format"], gzip: ending[2] !== undefined };
}

/** Hidden files and those still being written under another name. */
const isIgnored = (name: string): boolean => name.startsWith(".") || /\.(tmp|part)$/i.test(name);

/** Names of the plain files (and links) in the folder in byte order. Throws FP3007. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new FundpulseError("FP3007", `the drop folder ${folder} cannot be read (${error.code})`, {
      cause: error,
    });
  });
  return entries
    .filter((e) => (e.isFile() || e.isSymbolicLink()) && !isIgnored(e.name))
    .map((e) => ({ name: e.name, bytes: Buffer.from(e.name) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map((e) => e.name);
}

/** How a file taken, or half taken, is recognised again. Stored in a position's `fingerprint`. */
export interface FileMark {
  readonly size: number;
  readonly mtimeMs: number;
  /** Digest of the first 64 KB. */
  readonly head: string;
  /** Where the next record begins in the unpacked bytes. */
  readonly at: number;
  /** CRC-32 of the whole file, once it was read to its end. */
  readonly crc?: number;
}

export const writeMark = (mark: FileMark): string => JSON.stringify(mark);

export function readMark(fingerprint: string | null): FileMark | null {
  if (fingerprint === null) return null;
  try {
    const mark = JSON.parse(fingerprint) as FileMark;
    return typeof mark.size === "number" && typeof mark.at === "number" ? mark : null;
  } catch {
    return null;
  }
}

export const sameStats = (mark: FileMark, stats: Stats): boolean =>
  mark.size === stats.size && mark.mtimeMs === stats.mtimeMs;

const HEAD = 64 * 1024;
const NO_PLAIN_FILE = "no plain file";

export interface OpenedFile extends OpenBytes {
  readonly mark: FileMark;
}

/** An open file with what it looks like now, or why it cannot be opened. */
export async function openFile(path: string): Promise<OpenedFile | { readonly code: string }> {
  let file: FileHandle;
  try {
    // A link may lead to a pipe, whose opening would wait for a writer.
    if (!(await stat(path)).isFile()) return { code: NO_PLAIN_FILE };
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code ?? "unknown" };
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      await file.close();
      return { code: NO_PLAIN_FILE };
    }
    const bytes = await readAt({ file, path }, 0, Math.min(HEAD, stats.size));
    const head = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
    return { file, path, mark: { size: stats.size, mtimeMs: stats.mtimeMs, head, at: 0 } };
  } catch (error) {
    await file.close();
    throw error;
  }
}

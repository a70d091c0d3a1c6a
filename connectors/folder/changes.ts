import { stat } from "node:fs/promises";
import { join } from "node:path";
import { PassingCrc } from "./bytes.js";
import { type FileMark, kindOfName, type OpenedFile, openFile, readMark, sameStats } from "./files.js";

/**
 * What happened to a file since it was taken, for people; null where its content is what was taken, whatever
 * its date says.
 */
export async function changeOf(taken: FileMark, opened: OpenedFile): Promise<string | null> {
  const { mark } = opened;
  const [before, after] = [taken.size, mark.size].map((n) => n.toLocaleString("en"));
  if (mark.size > taken.size) return `the file grew from ${before} to ${after} bytes after it was taken`;
  if (mark.size < taken.size)
    return `the file was cut off from ${before} to ${after} bytes after it was taken`;
  let same = mark.head === taken.head;
  if (same && taken.crc !== undefined) {
    const crc = new PassingCrc();
    await crc.upTo(opened, mark.size);
    same = crc.value === taken.crc;
  }
  return same ? null : `the file was rewritten at its ${after} bytes after it was taken`;
}

/** Files of a drop folder that are no longer what was taken of them, by name, from their stored fingerprints. */
export async function changedFiles(
  folder: string,
  taken: ReadonlyMap<string, string | null>,
): Promise<ReadonlyMap<string, { readonly detail: string; readonly mark: string }>> {
  const found = new Map<string, { detail: string; mark: string }>();
  for (const [name, fingerprint] of taken) {
    const mark = readMark(fingerprint);
    const path = join(folder, name);
    const stats = await stat(path).catch(() => null);
    if (!mark || !stats?.isFile() || sameStats(mark, stats) || kindOfName(name) === null) continue;
    const opened = await openFile(path);
    if ("code" in opened) continue;
    try {
      const detail = await changeOf(mark, opened);
      if (detail !== null) found.set(name, { detail, mark: looksOf(opened.mark) });
    } finally {
      await opened.file.close();
    }
  }
  return found;
}

/** What a file looks like, as far as it can be told without reading it. */
export const looksOf = ({ size, mtimeMs }: Pick<FileMark, "size" | "mtimeMs">): string =>
  `${size}/${mtimeMs}`;

import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";

/** A file that `report` or `nightly` wrote. */
export interface ReportFile {
  /** From the reports' folder on, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly writtenAt: number;
}

export const REPORT_TYPES: Readonly<Record<string, string>> = {
  ".csv": "text/csv; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".pdf": "application/pdf",
  ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
  ".duckdb": "application/octet-stream",
};

const MOST_FILES = 5_000;
const DEEPEST = 4;

/** Every report under a folder, the newest first; what begins with a dot is not finished. */
export async function reportFiles(root: string): Promise<ReportFile[]> {
  const found: ReportFile[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.name.startsWith(".") || found.length >= MOST_FILES) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth < DEEPEST) await walk(path, depth + 1);
      else if (entry.isFile() && REPORT_TYPES[extname(entry.name).toLowerCase()] !== undefined) {
        const about = await stat(path);
        found.push({
          path: relative(root, path).split(sep).join("/"),
          bytes: about.size,
          writtenAt: about.mtimeMs,
        });
      }
    }
  };
  await walk(root, 0);
  return found.sort((a, b) => b.writtenAt - a.writtenAt || (a.path < b.path ? -1 : 1));
}

/** Where a report of that path stands; null for one that does not, or lies outside. */
export async function reportPath(root: string, path: string): Promise<string | null> {
  if (path.split("/").some((part) => part === "" || part.startsWith("."))) return null;
  if (REPORT_TYPES[extname(path).toLowerCase()] === undefined) return null;
  try {
    const [inside, file] = await Promise.all([realpath(root), realpath(join(root, path))]);
    return file.startsWith(inside + sep) && (await stat(file)).isFile() ? file : null;
  } catch {
    return null;
  }
}

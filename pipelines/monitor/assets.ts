import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the built page. */
export interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  /** The same packed, by the name of its `content-encoding`. */
  readonly packed: Readonly<Partial<Record<"br" | "gzip", Buffer>>>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

/** Where the built page stands: beside this file once compiled, else under `dist`. */
export function pageFolder(): string | null {
  const places = ["./page/", "../../dist/pipelines/monitor/page/"];
  const folders = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return (
    folders.find((folder) => existsSync(join(folder, "index.html")) && existsSync(join(folder, "assets"))) ??
    null
  );
}

/** The built page, all of it in memory: it is small, and no path of a request ever reaches the disk. */
export function loadAssets(folder: string | null): ReadonlyMap<string, Asset> {
  const found = new Map<string, Asset>();
  if (folder === null) return found;
  const read = (path: string): Buffer | undefined => (existsSync(path) ? readFileSync(path) : undefined);
  const walk = (dir: string, at: string): void => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) walk(path, `${at}${entry.name}/`);
      else if (TYPES[extname(entry.name)] !== undefined) {
        const [br, gzip] = [read(`${path}.br`), read(`${path}.gz`)];
        found.set(`${at}${entry.name}`, {
          type: TYPES[extname(entry.name)]!,
          plain: readFileSync(path),
          packed: { ...(br ? { br } : {}), ...(gzip ? { gzip } : {}) },
        });
      }
    }
  };
  walk(folder, "/");
  return found;
}

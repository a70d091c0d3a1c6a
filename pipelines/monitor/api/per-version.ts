import type { OpenFile } from "../../../connectors/duckdb/monitor/open-file.js";

/** What one version of the published file says to everybody, worked out once; what failed is tried again. */
export function perVersion<T>(
  work: (file: OpenFile, of: string | undefined) => Promise<T>,
): (file: OpenFile, of?: string) => Promise<T> {
  const known = new WeakMap<OpenFile, Map<string | undefined, Promise<T>>>();
  return (file, of) => {
    const kept = known.get(file) ?? new Map<string | undefined, Promise<T>>();
    known.set(file, kept);
    const found =
      kept.get(of) ??
      work(file, of).catch((error: unknown) => {
        kept.delete(of);
        throw error;
      });
    kept.set(of, found);
    return found;
  };
}

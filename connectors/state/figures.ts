import type { StateFile } from "./file.js";

/** The figures that a job elsewhere computed, as its topic gives them: the last value of every key that stands. */
export class KeptFigures {
  constructor(private readonly file: StateFile) {}

  get(key: string): Buffer | undefined {
    return this.file.sql("SELECT value FROM figure WHERE key = ?").pluck().get(key) as Buffer | undefined;
  }

  /** Only inside a commit. */
  put(key: string, value: Buffer): void {
    this.file
      .sql(
        "INSERT INTO figure (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      )
      .run(key, value);
  }

  /** Only inside a commit. */
  delete(key: string): void {
    this.file.sql("DELETE FROM figure WHERE key = ?").run(key);
  }

  /** Figures whose keys begin with a text that ends where a part of them does, by key. */
  startingWith(prefix: string): [key: string, value: Buffer][] {
    return this.file
      .sql("SELECT key, value FROM figure WHERE key >= ? AND key < ? ORDER BY key")
      .raw()
      .all(prefix, behind(prefix)) as [string, Buffer][];
  }

  /** How many of them there are. */
  count(prefix: string): number {
    return this.file
      .sql("SELECT count(*) FROM figure WHERE key >= ? AND key < ?")
      .pluck()
      .get(prefix, behind(prefix)) as number;
  }

  keys(): string[] {
    return this.file.sql("SELECT key FROM figure ORDER BY key").pluck().all() as string[];
  }
}

/** The first text behind all that begin with a prefix. */
export const behind = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);

import { existsSync, statSync } from "node:fs";
import Database from "better-sqlite3";

/** What a state file says of itself, looked at without changing it. */
export interface StateFacts {
  readonly stateId: string;
  /** Number of its last commit. */
  readonly sequence: number;
  /** The version that it knows to be published; null when it does not know. */
  readonly version: number | null;
  /** Closed periods. */
  readonly closed: readonly string[];
  /** Published files of other states, or of later moments, that somebody said may be replaced. */
  readonly replaces: readonly Replaced[];
}

/** A published file, by the state and the commit that it was made of. */
export interface Replaced {
  readonly stateId: string;
  readonly sequence: number;
}

/** `unreadable`: opening it will say what is wrong with it. */
export type StatePeek =
  | { readonly kind: "missing" | "empty" | "unreadable" }
  | { readonly kind: "state"; readonly facts: StateFacts };

/** Meta key of `StateFacts.replaces`. */
export const REPLACES = "replaces";

/** Looks at a state file. The caller holds the state lock. */
export function peekState(path: string): StatePeek {
  if (!existsSync(path)) return { kind: "missing" };
  // Not opened: SQLite would take the log beside an empty file for a leftover and delete it.
  if (statSync(path).size === 0) return { kind: "empty" };
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    const tables = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() as number;
    if (tables === 0) return { kind: "empty" };
    const select = db.prepare("SELECT value FROM meta WHERE key = ?").pluck();
    const meta = (key: string): string | undefined => select.get(key) as string | undefined;
    const version = meta("published_version");
    return {
      kind: "state",
      facts: {
        stateId: meta("state_id") ?? "",
        sequence: Number(meta("sequence") ?? 0),
        version: version === undefined || version === "" ? null : Number(version),
        closed: db.prepare("SELECT period FROM closed ORDER BY period").pluck().all() as string[],
        replaces: JSON.parse(meta(REPLACES) ?? "[]") as Replaced[],
      },
    };
  } catch {
    return { kind: "unreadable" };
  } finally {
    db?.close();
  }
}

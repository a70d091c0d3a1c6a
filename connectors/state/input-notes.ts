import Database from "better-sqlite3";

/** What a state says of its input, read beside whoever works on it. */
export interface InputNotes {
  /** Files of the drop folder read to their end, with what they looked like. */
  readonly taken: ReadonlyMap<string, string | null>;
  /** Files whose change is known, by name. */
  readonly changed: ReadonlyMap<
    string,
    { readonly detail: string; readonly mark: string; readonly dismissed: boolean }
  >;
  /** Fields that arrived and are not known (`unknownFieldsOf`), as text; null before the first. */
  readonly unknownFields: string | null;
}

/** Reads a state file without changing it. Null where it has no such tables yet, or cannot be read just now. */
export function readInputNotes(path: string): InputNotes | null {
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 2000 });
    const taken = db
      .prepare("SELECT partition, fingerprint FROM place WHERE source = 'folder' AND finished = 1")
      .raw()
      .all() as [string, string | null][];
    const changed = db
      .prepare("SELECT partition, detail, mark, status FROM changed_file JOIN place ON place.id = place")
      .raw()
      .all() as [string, string, string, string][];
    const meta = db.prepare("SELECT value FROM meta WHERE key = 'unknown_fields'").pluck().get();
    return {
      taken: new Map(taken),
      changed: new Map(
        changed.map(([name, detail, mark, status]) => [
          name,
          { detail, mark, dismissed: status === "dismissed" },
        ]),
      ),
      unknownFields: typeof meta === "string" ? meta : null,
    };
  } catch {
    return null;
  } finally {
    db?.close();
  }
}

import Database from "better-sqlite3";

/** Whether the state's content changed after the commit of that number. Reads beside a running engine. */
export function changedSince(statePath: string, sequence: number): boolean {
  const db = new Database(statePath, { readonly: true });
  try {
    const [content] = db
      .prepare(
        `SELECT max(n) FROM (SELECT CAST(value AS INTEGER) AS n FROM meta WHERE key = 'content_sequence'
         UNION ALL SELECT max(touched) FROM month)`,
      )
      .raw()
      .get() as [number | null];
    return (content ?? 0) > sequence;
  } finally {
    db.close();
  }
}

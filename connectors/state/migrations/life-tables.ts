/**
 * `history`: what was done to the state as a whole (made, upgraded, restored, gaps accepted …), by which program;
 * `detail` is JSON. `gap`: records of a source that were lost before they could be read, and that somebody accepted:
 * positions `from_next` up to, not including, `to_next`.
 */
export const LIFE_TABLES = `
CREATE TABLE history (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, program TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
CREATE TABLE gap (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, partition TEXT NOT NULL, kind TEXT NOT NULL,
  from_next INTEGER NOT NULL, to_next INTEGER NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL,
  dismissed_at INTEGER, dismissed_by TEXT, note TEXT) STRICT;
`;

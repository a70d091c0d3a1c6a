/**
 * What the state keeps of files that change (layout 4). `place_days`: the days that the records of a file touch.
 * `changed_file`: files that changed after they were taken.
 */
export const CHANGED_FILE_TABLES = `
CREATE TABLE place_days (
  place INTEGER PRIMARY KEY, first_day INTEGER NOT NULL, last_day INTEGER NOT NULL) STRICT;
CREATE TABLE changed_file (
  place INTEGER PRIMARY KEY, detail TEXT NOT NULL, mark TEXT NOT NULL, first_day INTEGER, last_day INTEGER NOT NULL,
  seen INTEGER NOT NULL, status TEXT NOT NULL, note TEXT) STRICT;
`;

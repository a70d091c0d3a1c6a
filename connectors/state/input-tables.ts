/**
 * What the state keeps of its input beside the records; made when they are missing, so that a state without them
 * opens as it is. `unmapped_category`: code and money of a quarantined bill whose category nobody knows.
 * `place_days`: the days that the records of a file touch. `changed_file`: files that changed after they were taken.
 */
export const INPUT_STATE_TABLES = `
CREATE TABLE IF NOT EXISTS unmapped_category (
  quarantine INTEGER PRIMARY KEY, code TEXT NOT NULL, fee INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS place_days (
  place INTEGER PRIMARY KEY, first_day INTEGER NOT NULL, last_day INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS changed_file (
  place INTEGER PRIMARY KEY, detail TEXT NOT NULL, mark TEXT NOT NULL, first_day INTEGER, last_day INTEGER NOT NULL,
  seen INTEGER NOT NULL, status TEXT NOT NULL, note TEXT) STRICT;
`;

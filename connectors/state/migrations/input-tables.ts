/**
 * What the state keeps of its input beside the records (layout 3). `unmapped_category`: code and money of a quarantined
 * bill whose category nobody knows.
 */
export const INPUT_STATE_TABLES = `
CREATE TABLE IF NOT EXISTS unmapped_category (
  quarantine INTEGER PRIMARY KEY, code TEXT NOT NULL, fee INTEGER NOT NULL) STRICT;
`;

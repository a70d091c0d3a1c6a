/** Checksums of the other tables, by name (layout 5); see tallies.ts. */
export const TALLY_TABLE = `
CREATE TABLE tally (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Records of a figures topic by their key, their values as they came (layout 7). */
export const FIGURE_TABLE = `
CREATE TABLE figure (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
`;

/**
 * `later_time`: `updt_time` of the last copy of a kept version that said nothing else new; it stands in place of the
 * time in the version's block. `later_time_month`: the last commit that moved such a time in a month (layout 8).
 */
export const LATER_TIME_TABLES = `
CREATE TABLE later_time (ref INTEGER PRIMARY KEY, updt_time INTEGER NOT NULL) STRICT;
CREATE TABLE later_time_month (month INTEGER PRIMARY KEY, sequence INTEGER NOT NULL) STRICT;
`;

/** Number of the layout below. Later layouts are this one and what migrations/ adds; it is never edited. */
export const BASE_LAYOUT = 2;

/** Marks an SQLite file as ours ("FPUL"). */
export const APPLICATION_ID = 0x4650554c;

/**
 * The tables that a state begins with. Truth: `block`, `settlement_id` and `settlement_id_recent` (kept settlements), `dead` (superseded versions;
 * `kept` above 0: may become current again), `record` (small streams), `place` (positions and tallies), `quarantine`, `closed` (figures frozen at
 * close), `change` (what changed in closed periods since). Derived, and made again when missing:
 * `checkpoint`, `combo`, `grp`, `facility_day`, `facility_latest`.
 */
export const BASE_TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE code (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE person_chunk (first INTEGER PRIMARY KEY, tags BLOB NOT NULL) STRICT;
CREATE TABLE place (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, partition TEXT NOT NULL,
  next INTEGER NOT NULL DEFAULT 0, last_applied INTEGER, fingerprint TEXT, finished INTEGER NOT NULL DEFAULT 0,
  received INTEGER NOT NULL DEFAULT 0, applied INTEGER NOT NULL DEFAULT 0, duplicate INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0, quarantined INTEGER NOT NULL DEFAULT 0,
  UNIQUE (source, partition)) STRICT;
CREATE TABLE block (
  id INTEGER PRIMARY KEY, month INTEGER NOT NULL, rows INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
CREATE INDEX block_month ON block (month, id);
CREATE TABLE settlement_id (setl_id TEXT PRIMARY KEY, ref INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE settlement_id_recent (id INTEGER PRIMARY KEY, setl_id TEXT NOT NULL, ref INTEGER NOT NULL) STRICT;
CREATE TABLE dead (
  ref INTEGER PRIMARY KEY, month INTEGER NOT NULL, sequence INTEGER NOT NULL, setl_id TEXT NOT NULL,
  kept INTEGER NOT NULL) STRICT;
CREATE INDEX dead_month ON dead (month, sequence);
CREATE INDEX dead_setl_id ON dead (setl_id);
CREATE TABLE refund (
  setl_id TEXT PRIMARY KEY, init_setl_id TEXT NOT NULL, orphan INTEGER NOT NULL,
  setl_time INTEGER NOT NULL, fee INTEGER NOT NULL, valid INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX refund_original ON refund (init_setl_id);
CREATE INDEX refund_orphan ON refund (orphan) WHERE orphan = 1;
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY, place INTEGER NOT NULL, position INTEGER NOT NULL, stream TEXT NOT NULL,
  reason TEXT NOT NULL, detail TEXT NOT NULL, first_seen INTEGER NOT NULL, status TEXT NOT NULL,
  first_day INTEGER, last_day INTEGER, due INTEGER, raw BLOB, ref INTEGER, note TEXT) STRICT;
CREATE INDEX quarantine_waiting ON quarantine (reason, due) WHERE status = 'waiting';
CREATE TABLE warning (
  record_key TEXT NOT NULL, warning TEXT NOT NULL, stream TEXT NOT NULL, place INTEGER NOT NULL,
  position INTEGER NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (record_key, warning)) STRICT, WITHOUT ROWID;
CREATE TABLE record (
  stream TEXT NOT NULL, key TEXT NOT NULL, updt_time INTEGER NOT NULL, content TEXT NOT NULL,
  place INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (stream, key)) STRICT, WITHOUT ROWID;
CREATE TABLE month (
  month INTEGER PRIMARY KEY, touched INTEGER NOT NULL, first_day INTEGER, last_day INTEGER,
  unmapped TEXT NOT NULL DEFAULT '[]', settled TEXT NOT NULL DEFAULT '[]') STRICT;
CREATE TABLE facility_month (
  code INTEGER NOT NULL, month INTEGER NOT NULL, PRIMARY KEY (code, month)) STRICT, WITHOUT ROWID;
CREATE TABLE closed (
  period TEXT PRIMARY KEY, closed_at INTEGER NOT NULL, sequence INTEGER NOT NULL, version INTEGER,
  forced INTEGER NOT NULL, problems TEXT NOT NULL, figures INTEGER NOT NULL, sums BLOB NOT NULL,
  given BLOB NOT NULL) STRICT;
CREATE TABLE change_combo (id INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE change (
  id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, at INTEGER NOT NULL, month INTEGER NOT NULL,
  stream TEXT NOT NULL, key TEXT NOT NULL, cause TEXT NOT NULL, settlements INTEGER NOT NULL,
  combo INTEGER, data BLOB NOT NULL) STRICT;
CREATE INDEX change_sequence ON change (sequence);
CREATE TABLE used_table (name TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE facility_day (
  code INTEGER NOT NULL, month INTEGER NOT NULL, days INTEGER NOT NULL, PRIMARY KEY (code, month)
) STRICT, WITHOUT ROWID;
CREATE TABLE facility_latest (code INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
CREATE TABLE combo (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
CREATE TABLE grp (gid INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
CREATE TABLE checkpoint (
  kind TEXT NOT NULL, id INTEGER NOT NULL, sequence INTEGER NOT NULL, last_block INTEGER NOT NULL,
  data BLOB NOT NULL, PRIMARY KEY (kind, id)) STRICT;
`;

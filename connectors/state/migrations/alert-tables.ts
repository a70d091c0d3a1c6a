/**
 * What alerts keep in the state (layout 3).
 * `alert`: every subject of a rule that ever breached. `alert_event`: what happened. `outbox`:
 * messages that no receiver has accepted yet. `alert_channel`: how sending goes. `settled_day`: what each day
 * of a month took out of the funds, derived and made again when missing or older than the month.
 */
export const ALERT_STATE_TABLES = `
CREATE TABLE IF NOT EXISTS alert (key TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alert_event (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, data TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS outbox (
  id INTEGER PRIMARY KEY, channel TEXT NOT NULL, message TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS outbox_channel ON outbox (channel, id);
CREATE TABLE IF NOT EXISTS alert_channel (
  name TEXT PRIMARY KEY, sent INTEGER NOT NULL DEFAULT 0, last_sent_at INTEGER, failing_since INTEGER,
  failures INTEGER NOT NULL DEFAULT 0, rest_until INTEGER NOT NULL DEFAULT 0, last_error TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settled_day (
  month INTEGER PRIMARY KEY, touched INTEGER NOT NULL, days TEXT NOT NULL) STRICT;
`;

import type Database from "better-sqlite3";
import { FundpulseError } from "../../schemas/errors.js";
import { checkLayout } from "./migrations/migrate.js";
import { retally, Tallies } from "./tallies.js";

/** Tables that follow from the kept settlements: damaged ones are made again. */
export const DERIVED_TABLES: ReadonlySet<string> = new Set([
  "checkpoint",
  "combo",
  "grp",
  "month",
  "facility_month",
  "facility_day",
  "facility_latest",
  "settled_day",
]);

/** What is in a table that nothing else can give again. */
const KEPT: Readonly<Record<string, string>> = {
  meta: "the state's own notes",
  code: "codes of the kept settlements",
  person_chunk: "pseudonyms of persons",
  place: "positions and tallies of the sources",
  block: "which blocks of settlements belong to which month",
  dead: "which versions of settlements are superseded",
  refund: "which refund reverses which settlement",
  quarantine: "quarantined records",
  "quarantine.raw": "the bytes of quarantined records",
  warning: "warnings of counted records",
  record: "records of enrolment, funds, DIP results, facilities and reported facts",
  closed: "figures frozen at closes",
  change: "changes of closed periods",
  change_combo: "changes of closed periods",
  used_table: "reference tables that closed figures were derived under",
  alert: "alerts",
  alert_event: "the history of alerts",
  outbox: "messages that were not sent yet",
  alert_channel: "how sending goes",
  history: "the state's history",
  gap: "accepted gaps",
  place_days: "days that the records of each file touch",
  changed_file: "files that changed after they were taken",
  unmapped_category: "quarantined records of unknown categories",
  figure: "figures of the Flink job",
  later_time: "times of settlements that came again unchanged",
  later_time_month: "when settlements of a month last came again unchanged",
};

export const RECOVER =
  "restore the last backup (`fundpulse restore`): `run` reads on from where it was made; without one, read the input " +
  "again into another `data` directory and keep this one";

/** Says which kept parts are lost. */
export function damagedError(path: string, tables: readonly string[]): FundpulseError {
  const named = tables.map((t) => (KEPT[t] === undefined ? `"${t}"` : `"${t}" (${KEPT[t]})`)).join(", ");
  return new FundpulseError(
    "FP2004",
    `the state file ${path} is damaged: ${named} ${tables.length === 1 ? "is" : "are"} not what was written; nothing was changed`,
    { action: RECOVER },
  );
}

/**
 * Whether this program can work on a state: its layout, and that no table is missing. Changes nothing.
 * @throws FundpulseError FP2002, FP2004
 */
export function checkTables(db: Database.Database, path: string): void {
  const missing = checkLayout(db, path);
  if (missing.length > 0) throw damagedError(path, missing);
}

/**
 * Holds every table of a state that is being opened against its tally, and changes nothing. A damaged kept table stops
 * the program; damaged derived ones are returned, for `mendTables`.
 * @throws FundpulseError FP2004
 */
export function verifyTables(db: Database.Database, path: string): string[] {
  const tallies = new Tallies(db);
  const gone = tallies.gone();
  if (gone.length > 0) throw damagedError(path, gone);
  const differing = tallies.differing();
  const kept = differing.filter((table) => !DERIVED_TABLES.has(table));
  if (kept.length > 0) throw damagedError(path, kept);
  return differing;
}

/** Notes damaged derived tables in meta `damaged`: they are made again before anything else is done. */
export function mendTables(db: Database.Database, derived: readonly string[]): void {
  renewIndexes(db);
  if (derived.length > 0) noteDamage(db, derived);
}

/** Tables whose rows are looked up by other columns than their key. Blocks are found and counted by their index. */
const INDEXED = ["change", "change_combo", "dead", "outbox", "place", "quarantine", "refund"];

/** An index follows from its table: one that does not is made again. */
function renewIndexes(db: Database.Database): void {
  for (const table of INDEXED) {
    const found = db.pragma(`integrity_check('${table}')`) as { integrity_check: string }[];
    if (found.some((row) => row.integrity_check !== "ok")) db.exec(`REINDEX "${table}"`);
  }
}

/** Derived parts that were found damaged and are not made again yet: tables, or `ids`. */
export function notedDamage(db: Database.Database): string[] {
  const noted = db.prepare("SELECT value FROM meta WHERE key = 'damaged'").pluck().get() as
    | string
    | undefined;
  return (noted ?? "").split(" ").filter((part) => part !== "");
}

/** Notes derived parts that must be made again, whenever this process may end. */
export function noteDamage(db: Database.Database, parts: readonly string[]): void {
  db.transaction(() => {
    const all = [...new Set([...notedDamage(db), ...parts])];
    db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('damaged', ?)").run(all.join(" "));
    retally(db, ["meta", ...parts.filter((t) => DERIVED_TABLES.has(t))]);
  })();
}

import Database from "better-sqlite3";
import { FundpulseError } from "../../schemas/errors.js";
import { checkIdentity, type StateIdentity, stateError } from "./file.js";
import { APPLICATION_ID } from "./migrations/base-tables.js";

/** Findings named in the message at most. */
const NAMED = 3;

/** Current versions by their rows, and by the ids that lead to them: of rows of one recent id the last counts. */
const STANDING = `SELECT (SELECT coalesce(sum(rows), 0) FROM block) - (SELECT count(*) FROM dead) AS kept,
  (SELECT count(*) FROM settlement_id) - (SELECT count(*) FROM settlement_id
    WHERE setl_id IN (SELECT setl_id FROM settlement_id_recent))
  + (SELECT count(*) FROM settlement_id_recent WHERE ref <> 0
    AND id IN (SELECT max(id) FROM settlement_id_recent GROUP BY setl_id)) AS named`;

/**
 * Looks into every page and index of a state file: SQLite itself notices damage only where it happens to read,
 * and an index that lost an entry reads as a settlement that never was. Every current version must be the one
 * that its id leads to. The caller holds the state lock.
 * With `identity` it must also be one that the present configuration may go on with.
 * @throws FundpulseError FP2002 to FP2005
 */
export function checkStateFile(path: string, identity?: StateIdentity): void {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    if (db.pragma("application_id", { simple: true }) !== APPLICATION_ID)
      throw new FundpulseError("FP2004", `${path} is no fundpulse state`);
    if (identity !== undefined) {
      const row = db.prepare("SELECT value FROM meta WHERE key = ?").pluck();
      checkIdentity(path, (key) => row.get(key) as string | undefined, identity, false);
    }
    const found = db.pragma("integrity_check") as { integrity_check: string }[];
    const wrong = found.map((row) => row.integrity_check).filter((text) => text !== "ok");
    if (wrong.length > 0) {
      const more = wrong.length > NAMED ? `; and ${wrong.length - NAMED} more` : "";
      const named = wrong.slice(0, NAMED).join("; ").replace(/\s+/g, " ");
      throw new FundpulseError("FP2004", `the state file ${path} is damaged (${named}${more})`);
    }
    const { kept, named } = db.prepare(STANDING).get() as { kept: number; named: number };
    if (kept !== named) {
      throw new FundpulseError(
        "FP2004",
        `the state file ${path} is damaged (${kept} settlements stand, ids lead to ${named})`,
      );
    }
  } catch (error) {
    throw stateError(error, path);
  } finally {
    db?.close();
  }
}

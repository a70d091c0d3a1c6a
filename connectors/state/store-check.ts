import Database from "better-sqlite3";
import { FundpulseError } from "../../schemas/errors.js";
import { stateError } from "./store-file.js";

/** Findings named in the message at most. */
const NAMED = 3;

/**
 * Looks into every page and index of a state file: SQLite itself notices damage only where it happens to read,
 * and an index that lost an entry reads as a settlement that never was. The caller holds the state lock.
 * @throws FundpulseError FP2004
 */
export function checkStateFile(path: string): void {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    const found = db.pragma("integrity_check") as { integrity_check: string }[];
    const wrong = found.map((row) => row.integrity_check).filter((text) => text !== "ok");
    if (wrong.length > 0) {
      const more = wrong.length > NAMED ? `; and ${wrong.length - NAMED} more` : "";
      const named = wrong.slice(0, NAMED).join("; ").replace(/\s+/g, " ");
      throw new FundpulseError("FP2004", `the state file ${path} is damaged (${named}${more})`);
    }
  } catch (error) {
    throw stateError(error, path);
  } finally {
    db?.close();
  }
}

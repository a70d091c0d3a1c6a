import type { Database } from "better-sqlite3";
import { ALERT_STATE_TABLES } from "./alert-tables.js";
import { BASE_LAYOUT } from "./base-tables.js";
import { CHANGED_FILE_TABLES } from "./changed-file-tables.js";
import { FIGURE_TABLE } from "./figure-table.js";
import { INPUT_STATE_TABLES } from "./input-tables.js";
import { LATER_TIME_TABLES } from "./later-time-tables.js";
import { LIFE_TABLES } from "./life-tables.js";
import { TALLY_TABLE } from "./tally-table.js";

/** One step from a layout of the state file to the next. */
export interface Migration {
  /** Number of the layout that it leads to, one above the one before. */
  readonly to: number;
  /** What it changes, for the operator. */
  readonly what: string;
  /** SQL that makes or changes tables. */
  readonly tables?: string;
  /** What SQL alone cannot do; runs after `tables`, in the same transaction. */
  readonly run?: (db: Database) => void;
  /**
   * The program derives other sums, or keeps derived things in another way: everything derived is made again at
   * the first start, and published whole.
   */
  readonly derivesAgain: boolean;
}

/**
 * Every step since the first layout, in order. A step that was released is never edited: states that have taken it
 * would not take it again.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    to: 3,
    what: "alerts, unknown categories, history of the state, accepted gaps",
    // The first two came within layout 2: some states have them.
    tables: `${ALERT_STATE_TABLES}${INPUT_STATE_TABLES}${LIFE_TABLES}`,
    derivesAgain: true,
  },
  {
    to: 4,
    what: "files that changed after they were taken",
    tables: CHANGED_FILE_TABLES,
    derivesAgain: false,
  },
  {
    to: 5,
    what: "checksums of every table",
    tables: TALLY_TABLE,
    derivesAgain: false,
  },
  {
    to: 6,
    what: "bytes of quarantined records that were counted since are not kept",
    tables: "UPDATE quarantine SET raw = NULL WHERE status = 'resolved';",
    derivesAgain: false,
  },
  {
    to: 7,
    what: "figures that a Flink job computed",
    tables: FIGURE_TABLE,
    derivesAgain: false,
  },
  {
    to: 8,
    what: "copies with a later time and nothing else new are no rows",
    tables: LATER_TIME_TABLES,
    derivesAgain: false,
  },
];

/** The layout that this program reads and writes. */
export const LAYOUT = BASE_LAYOUT + MIGRATIONS.length;

import type { MonthNumber } from "../../schemas/units.js";
import { ChangedFiles } from "./changed-files.js";
import { Checkpoints } from "./checkpoints.js";
import { Codes } from "./codes.js";
import { noteDamage, notedDamage } from "./damage.js";
import { KeptFigures } from "./figures.js";
import { StateFile, type StateIdentity } from "./file.js";
import { Gaps } from "./gaps.js";
import { KeptSettlements } from "./kept-settlements.js";
import { StateLife } from "./life.js";
import { MonthTable } from "./month-table.js";
import { Numbers } from "./numbers.js";
import { Partitions } from "./partitions.js";
import { Quarantine } from "./quarantine.js";
import { Records } from "./records.js";
import { Refunds } from "./refunds.js";
import { Warnings } from "./warnings.js";

/** More ids than this are not all read at every start: `check` and `verify` do. */
const CHECKED_IDS = 1_000_000;

/**
 * The state: one SQLite file, the truth of everything published, and its tables. One transaction per batch holds
 * kept settlements, positions, tallies and quarantine; a crash at any point leaves the state of the last commit.
 */
export class SqliteStore extends StateFile {
  /** Derived parts that were damaged when the state was opened, and must be made again: tables, or `ids`. */
  readonly damaged: readonly string[];
  readonly codes: Codes;
  readonly partitions: Partitions;
  readonly settlements: KeptSettlements;
  readonly numbers: Numbers;
  readonly months: MonthTable;
  readonly checkpoints: Checkpoints;
  readonly records: Records;
  readonly quarantine: Quarantine;
  readonly warnings: Warnings;
  readonly refunds: Refunds;
  readonly changedFiles: ChangedFiles;
  readonly life: StateLife;
  readonly gaps: Gaps;
  readonly figures: KeptFigures;

  /** @throws FundpulseError FP2002 to FP2005 where the file may not be used. */
  constructor(dataDir: string, identity: StateIdentity, options: { acceptRules?: boolean } = {}) {
    super(dataDir, identity, options);
    this.codes = new Codes(this);
    this.partitions = new Partitions(this);
    this.settlements = new KeptSettlements(this, this.codes);
    const { ids } = this.settlements;
    // A rebuild makes good whatever `check` finds, so it looks at all of them.
    if ((options.acceptRules || ids.size <= CHECKED_IDS) && !ids.isSound()) noteDamage(this.db, ["ids"]);
    this.damaged = notedDamage(this.db);
    this.numbers = new Numbers(this);
    this.months = new MonthTable(this);
    this.checkpoints = new Checkpoints(this, this.settlements);
    this.records = new Records(this);
    this.quarantine = new Quarantine(this);
    this.warnings = new Warnings(this);
    this.refunds = new Refunds(this);
    this.changedFiles = new ChangedFiles(this);
    this.life = new StateLife(this);
    this.figures = new KeptFigures(this);
    this.gaps = new Gaps(this, this.partitions, this.life);
    this.beforeCommit.push(() => {
      this.codes.save();
      this.partitions.save();
      this.settlements.ids.settle();
    });
  }

  /** A month's figures changed, and it must be made again from its settlements. Only inside a commit. */
  dropMonth(month: MonthNumber): void {
    this.months.touch(month);
    this.checkpoints.drop(month);
  }
}

import type { ZoneCalendar } from "../../aggregations/calendar.js";
import type { GroupTable } from "../../aggregations/dimensions/groups.js";
import type { DimensionIndex } from "../../aggregations/dimensions/tuples.js";
import type { ReferenceTables } from "../../connectors/config/reference.js";
import type { Privacy } from "../../connectors/state/person-key.js";
import type { PersonTable } from "../../connectors/state/person-table.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import type { Config } from "../../schemas/config/schema.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { EpochMs } from "../../schemas/units.js";
import type { ChangeLog } from "./change-log.js";
import type { ClosedPeriods } from "./closed-periods.js";
import type { MonthCache } from "./months.js";
import type { PublishedMonths } from "./published-months.js";
import type { ReportingHistory } from "./reporting-history.js";
import type { SettlementLedger } from "./settlements.js";

// What the opened state gives to each of its users. `State` is all of them; nobody else needs to know it.

/** What ingesting writes to: where records are decided, kept and counted. */
export interface IngestState {
  readonly config: Pick<Config, "insurances" | "periods">;
  readonly clock: () => EpochMs;
  readonly calendar: ZoneCalendar;
  readonly store: Pick<
    SqliteStore,
    | "commit"
    | "noteContent"
    | "partitions"
    | "quarantine"
    | "records"
    | "settlements"
    | "months"
    | "changedFiles"
    | "meta"
    | "setMeta"
  >;
  readonly privacy: Privacy;
  readonly persons: PersonTable;
  readonly ledger: Pick<SettlementLedger, "validate" | "validateKept" | "post" | "recall">;
  readonly months: Pick<MonthCache, "evict" | "summary">;
  readonly reporting: Pick<ReportingHistory, "note">;
  readonly changes: Pick<ChangeLog, "record">;
  /**
   * Takes the present facility records into use: what they change of kept settlements is derived again.
   * Returns true when some facility changed, so that the quarantine can be validated again.
   */
  facilitiesChanged(): boolean;
  /** Everything is derived under the present tables and rules, the quarantine validated again included. */
  derived(): void;
}

/** What publishing reads, as of the last commit. */
export interface PublishState {
  readonly config: Config;
  readonly reference: ReferenceTables;
  readonly calendar: ZoneCalendar;
  readonly clock: () => EpochMs;
  readonly store: SqliteStore;
  readonly groups: GroupTable;
  readonly dimensionIndex: DimensionIndex;
  readonly months: PublishedMonths;
  readonly reporting: Pick<ReportingHistory, "facilities" | "latestDay" | "revision" | "dayRevision">;
  readonly closed: ClosedPeriods;
  readonly facilities: readonly StreamRecord[];
  /** Bumped when `facilities` were merged anew. */
  readonly facilitiesRevision: number;
  /** True when everything derived was numbered anew since the last publish: the next one must be full. */
  mustPublishFull: boolean;
  /** Latest `setl_time` that was ever kept; null before the first. */
  latestTime(): EpochMs | null;
}

/** What closing looks at and freezes. */
export interface ClosingState extends PublishState {
  /** Keeps the tables that closed figures are derived under now. Only inside a commit. */
  keepUsedTables(): void;
}

/** What the recount and the detail file are made of: a snapshot of the file, and the tables in use at that moment. */
export type VerifyState = PublishState;

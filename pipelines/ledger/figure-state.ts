import type { ZoneCalendar } from "../../aggregations/calendar.js";
import type { GroupTable } from "../../aggregations/dimensions/groups.js";
import type { DimensionIndex } from "../../aggregations/dimensions/tuples.js";
import type { ReferenceTables } from "../../connectors/config/reference.js";
import { keyOfLatest, readMeta } from "../../connectors/flink/figure.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import type { Config } from "../../schemas/config/schema.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { EpochMs } from "../../schemas/units.js";
import type { ClosedPeriods } from "./closed-periods.js";
import type { FigureMonths } from "./figure-months.js";
import type { ClosingState } from "./ports.js";
import type { ReportingHistory } from "./reporting-history.js";
import type { State } from "./state.js";

/** A state whose sums of settlements a job elsewhere computed: everything else is its own. */
export class FigureState implements ClosingState {
  constructor(
    private readonly own: State,
    readonly months: FigureMonths,
  ) {}

  get config(): Config {
    return this.own.config;
  }
  get reference(): ReferenceTables {
    return this.own.reference;
  }
  get calendar(): ZoneCalendar {
    return this.own.calendar;
  }
  get clock(): () => EpochMs {
    return this.own.clock;
  }
  get store(): SqliteStore {
    return this.own.store;
  }
  get groups(): GroupTable {
    return this.own.groups;
  }
  get dimensionIndex(): DimensionIndex {
    return this.own.dimensionIndex;
  }
  get reporting(): ReportingHistory {
    return this.own.reporting;
  }
  get closed(): ClosedPeriods {
    return this.own.closed;
  }
  get facilities(): readonly StreamRecord[] {
    return this.own.facilities;
  }
  get facilitiesRevision(): number {
    return this.own.facilitiesRevision;
  }
  get mustPublishFull(): boolean {
    return this.own.mustPublishFull;
  }
  set mustPublishFull(full: boolean) {
    this.own.mustPublishFull = full;
  }

  keepUsedTables(): void {
    this.own.keepUsedTables();
  }

  latestTime(): EpochMs | null {
    const told = readMeta(keyOfLatest(), this.store.figures.get(keyOfLatest()) ?? null);
    return told?.kind === "latest" ? told.time : null;
  }
}

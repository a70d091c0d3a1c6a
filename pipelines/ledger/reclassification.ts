import { CategoryTable } from "../../aggregations/dimensions/categories.js";
import { FacilityTable } from "../../aggregations/dimensions/facilities.js";
import type { DimensionIndex } from "../../aggregations/dimensions/tuples.js";
import { Contribution } from "../../aggregations/settlement/contribution.js";
import type { ReferenceTables } from "../../connectors/config/reference.js";
import type { Ref } from "../../connectors/state/settlement-block.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import type { Cause } from "../../schemas/closed.js";
import type { Config } from "../../schemas/config/schema.js";
import { NATIONAL_CATEGORIES } from "../../schemas/input/national-categories.js";
import { Settlement } from "../../schemas/input/settlement.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { EpochMs, MonthNumber } from "../../schemas/units.js";
import type { ClosedPeriods } from "./closed-periods.js";
import type { FacilityMonths } from "./facility-months.js";
import type { FacilityRecords } from "./facility-records.js";
import { emptyFacts, type MonthCache } from "./months.js";
import { ReclassificationLog } from "./reclassification-log.js";
import type { SettlementLedger } from "./settlements.js";
import { UsedTablesKeeper } from "./used-tables.js";

/** What reclassifying works on. */
export interface ReclassificationParts {
  readonly config: Config;
  readonly reference: ReferenceTables;
  readonly clock: () => EpochMs;
  readonly store: SqliteStore;
  readonly dimensionIndex: DimensionIndex;
  readonly months: MonthCache;
  readonly ledger: SettlementLedger;
  readonly closed: ClosedPeriods;
  readonly facilities: FacilityRecords;
  readonly facilityMonths: FacilityMonths;
}

export const categoryTable = (reference: ReferenceTables): CategoryTable =>
  new CategoryTable(NATIONAL_CATEGORIES, reference.categories);

/**
 * Holds kept settlements against reference tables and rules that changed: versions that are no longer allowed are
 * withdrawn, others move to another month or cell, and what was derived of them is derived again. What that changes
 * in closed months is noted.
 */
export class Reclassification {
  readonly #used: UsedTablesKeeper;

  constructor(private readonly parts: ReclassificationParts) {
    this.#used = new UsedTablesKeeper(parts.closed.store);
  }

  /**
   * Takes the present facility records into use: what they change of kept settlements is derived again.
   * Returns true when some facility changed, so that the quarantine can be validated again.
   */
  facilitiesChanged(): boolean {
    const { store, facilities, dimensionIndex, reference, facilityMonths } = this.parts;
    facilities.merge();
    const now = facilities.contents();
    const before = JSON.parse(store.meta("facilities") ?? "{}") as Record<string, string>;
    const changed = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter(
      (code) => now[code] !== before[code],
    );
    dimensionIndex.retable(categoryTable(reference), new FacilityTable(facilities.current));
    if (changed.length === 0) return false;
    const months = facilityMonths.monthsOf(changed);
    // Known to no table until all of it is derived again, whenever the process may end.
    const between = { ...before, ...Object.fromEntries(changed.map((code) => [code, ""])) };
    store.commit(() => {
      store.setMeta("rejudge", "1");
      if (months.size > 0) store.setMeta("facilities", JSON.stringify(between));
    });
    const codes = new Set(changed);
    this.#reclassify(months, (s) => codes.has(s.fixmedins_code), "facility");
    store.commit(() => {
      store.setMeta("facilities", JSON.stringify(now));
      this.keepUsedTables();
    });
    return true;
  }

  /** Holds every kept settlement against the present tables and rules. */
  all(): void {
    this.#reclassify(new Set(this.parts.store.settlements.months()), () => true, "rules");
    this.facilitiesChanged();
  }

  /** Keeps the tables that closed figures are derived under now. Only inside a commit. */
  keepUsedTables(): void {
    const { closed, dimensionIndex, config, facilities, reference } = this.parts;
    if (closed.months.size === 0) return;
    const { insurances, jurisdiction, careGroups, personKinds, channels } = dimensionIndex.rules;
    const { reimbursed, benefit, casePayment } = config;
    this.#used.keep({
      facilities: facilities.current,
      categories: reference.categories,
      rules: {
        jurisdiction,
        careGroups,
        personKinds,
        channels,
        insurances: [...insurances],
        components: { reimbursed, benefit, casePayment },
      },
    });
  }

  /** Of the versions in `months` only those that `touches` names may have changed. */
  #reclassify(months: ReadonlySet<MonthNumber>, touches: (s: Settlement) => boolean, cause: Cause): void {
    if (months.size === 0) return;
    const log = this.#log(cause);
    const { store, ledger } = this.parts;
    const now = this.parts.clock();
    const s = new Settlement();
    const facts = emptyFacts();
    const wrong: { ref: Ref; id: string; rejection: Rejection }[] = [];
    const misplaced = new Set<Ref>();
    for (const month of months) {
      store.settlements.scan(month, 0, s, facts, (ref) => {
        if (!touches(s)) return;
        const { rejection, day } = ledger.reclassify(s, facts);
        if (rejection) wrong.push({ ref, id: s.setl_id, rejection });
        else if (day !== facts.day) misplaced.add(ref);
        else log?.stays(s, facts);
      });
    }
    const touched = new Set(months);
    store.commit(() => {
      for (const { ref, id, rejection } of wrong) {
        for (const month of ledger.withdraw(ref, rejection, now, log)) touched.add(month);
        // Another version of an original may be current now: its refunds follow it.
        for (const refund of ledger.refundsOf(id)) misplaced.add(refund);
      }
      for (const ref of misplaced) for (const month of ledger.replace(ref, log)) touched.add(month);
      for (const month of touched) {
        store.dropMonth(month);
        this.parts.months.drop(month);
      }
      log?.write(now);
      // What was noted is noted once: a start after a crash from here on finds nothing that changed.
      this.keepUsedTables();
    });
    this.#derive(touched);
  }

  #derive(touched: ReadonlySet<MonthNumber>): void {
    const { store, months } = this.parts;
    for (const month of touched) {
      months.cells(month);
      store.commit(() => store.months.touch(month, months.summary(month)));
      months.evict(new Set([month]));
    }
  }

  /** What is changed in closed months; null while nothing is closed. */
  #log(cause: Cause): ReclassificationLog | null {
    const { closed, dimensionIndex, config } = this.parts;
    const before = closed.months.size > 0 ? this.#used.before() : null;
    const after = { dimensionIndex, contribution: new Contribution(config) };
    return before && new ReclassificationLog(closed, before, after, cause);
  }
}

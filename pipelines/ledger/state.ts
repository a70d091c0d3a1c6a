import { monthOfDay, parseDay, ZoneCalendar } from "../../aggregations/calendar.js";
import { FacilityTable } from "../../aggregations/dimensions/facilities.js";
import { GroupTable } from "../../aggregations/dimensions/groups.js";
import { DimensionIndex } from "../../aggregations/dimensions/tuples.js";
import { Contribution } from "../../aggregations/settlement/contribution.js";
import type { ReferenceTables } from "../../connectors/config/reference.js";
import { Privacy } from "../../connectors/state/person-key.js";
import type { PersonTable } from "../../connectors/state/person-table.js";
import { SqliteStore } from "../../connectors/state/store.js";
import type { Config } from "../../schemas/config/schema.js";
import { NATIONAL_CATEGORIES } from "../../schemas/input/national-categories.js";
import { Settlement, type StreamRecord } from "../../schemas/input/settlement.js";
import type { EpochMs } from "../../schemas/units.js";
import { ChangeLog } from "./change-log.js";
import { ClosedPeriods } from "./closed-periods.js";
import { FacilityMonths } from "./facility-months.js";
import { FacilityRecords } from "./facility-records.js";
import { emptyFacts, MonthCache } from "./months.js";
import { loadPersons, Numbering } from "./numbering.js";
import type { ClosingState, IngestState, PublishState, VerifyState } from "./ports.js";
import { categoryTable, Reclassification } from "./reclassification.js";
import { RefundIndex } from "./refund-index.js";
import { ReportingHistory } from "./reporting-history.js";
import { dimensionRules, hashOf, stateIdentity } from "./rules.js";
import { SettlementLedger } from "./settlements.js";

/**
 * The opened state with everything derived from it in memory. When reference tables or rules differ from those the
 * state was derived with, opening it derives again what they touch. Others know it by what they need of it (ports.ts).
 */
export class State implements IngestState, PublishState, ClosingState, VerifyState {
  readonly store: SqliteStore;
  readonly privacy: Privacy;
  readonly persons: PersonTable;
  readonly calendar: ZoneCalendar;
  readonly groups: GroupTable;
  readonly dimensionIndex: DimensionIndex;
  readonly months: MonthCache;
  readonly ledger: SettlementLedger;
  readonly reporting: ReportingHistory;
  readonly closed: ClosedPeriods;
  readonly changes: ChangeLog;
  /** True when everything derived was numbered anew since the last publish: the next one must be full. */
  mustPublishFull = false;
  /** True when tables or rules changed and the quarantine was not validated again since. */
  tablesChanged = false;
  readonly #facilities: FacilityRecords;
  readonly #reclassification: Reclassification;
  /** Hashes of the category table and of the rules in use. */
  readonly #tables: { readonly categories: string; readonly rules: string; readonly parts: string };

  /**
   * @param options `rebuild` accepts a state that was built under other rules, and derives everything again
   * @throws FundpulseError FP2002 to FP2005 where the state file may not be used
   */
  constructor(
    readonly config: Config,
    readonly reference: ReferenceTables,
    readonly clock: () => EpochMs,
    options: { readonly rebuild: boolean },
  ) {
    this.calendar = new ZoneCalendar(config.timezone);
    this.privacy = new Privacy(config.privacy.personKey);
    const identity = stateIdentity(config, this.privacy);
    this.store = new SqliteStore(config.data, identity, { acceptRules: options.rebuild });
    const { store } = this;
    this.persons = loadPersons(store.numbers);
    const categories = hashOf([...NATIONAL_CATEGORIES, ...reference.categories, config.casePayment]);
    this.#tables = { categories, rules: identity.rules, parts: identity.ruleParts };
    // Nothing is marked before it is known that all of it can be read.
    if (options.rebuild) store.settlements.checkBlocks();
    const damaged = store.damaged.length > 0;
    const again = options.rebuild || damaged || (store.meta("categories") ?? categories) !== categories;
    if (again) this.#forgetDerived(options.rebuild);
    this.#facilities = new FacilityRecords(store, reference.facilities);
    const groups = store.numbers.groups();
    this.groups = new GroupTable(groups);
    this.dimensionIndex = new DimensionIndex(
      dimensionRules(config),
      categoryTable(reference),
      new FacilityTable(this.#facilities.current),
      this.groups,
    );
    for (const tuple of store.numbers.tuples()) this.dimensionIndex.number(tuple);
    const saved = { groups: groups.length, tuples: this.dimensionIndex.tuples.length };
    const numbering = new Numbering(store.numbers, this.persons, this.groups, this.dimensionIndex, saved);
    this.months = new MonthCache(store, this.dimensionIndex, new Contribution(config));
    const facilityMonths = new FacilityMonths(store);
    this.reporting = new ReportingHistory(store, this.calendar, { again: options.rebuild || damaged });
    this.closed = new ClosedPeriods(store);
    this.changes = new ChangeLog(
      this.closed,
      (s, facts) => this.months.tupleOf(s, facts),
      new Contribution(config),
      clock,
    );
    this.ledger = new SettlementLedger(
      store,
      this.dimensionIndex,
      this.months,
      this.persons,
      new RefundIndex(store),
      facilityMonths,
      this.changes,
      this.calendar,
      {
        firstDay: parseDay(config.periods.firstDay)!,
        originalPeriod: config.refunds === "original-period",
      },
    );
    const { dimensionIndex, months, ledger, closed } = this;
    this.#reclassification = new Reclassification({
      ...{ config, reference, clock, store, dimensionIndex, months, ledger, closed },
      ...{ facilities: this.#facilities, facilityMonths },
    });
    store.beforeCommit.push(() => numbering.save());
    if (again) this.#reclassification.all();
    else this.facilitiesChanged();
    if (damaged) store.commit(() => store.setMeta("damaged", ""));
    this.mustPublishFull = store.meta("publish_full") === "1";
    this.tablesChanged = store.meta("rejudge") === "1";
  }

  /** Current facility records by key, CSV and stream merged. */
  get facilities(): readonly StreamRecord[] {
    return this.#facilities.current;
  }

  get facilitiesRevision(): number {
    return this.#facilities.revision;
  }

  facilitiesChanged(): boolean {
    return this.#reclassification.facilitiesChanged();
  }

  keepUsedTables(): void {
    this.#reclassification.keepUsedTables();
  }

  latestTime(): EpochMs | null {
    return this.ledger.latestTime();
  }

  derived(): void {
    const { store } = this;
    const { categories, rules, parts } = this.#tables;
    this.tablesChanged = false;
    const known = store.meta("rule_parts") === parts;
    if (known && store.meta("rejudge") !== "1" && store.meta("categories") === categories) return;
    store.commit(() => {
      store.setMeta("rule_parts", parts);
      store.setMeta("categories", categories);
      store.setMeta("rules", rules);
      store.setMeta("rejudge", "0");
    });
  }

  /**
   * Forgets what is derived. Until `derived` the state belongs to no tables (and with `rules` to no rules),
   * so that a start after a crash derives everything again instead of going on half-way.
   */
  #forgetDerived(rules: boolean): void {
    const { store } = this;
    store.commit(() => {
      store.checkpoints.dropAll();
      store.numbers.forgetDerived();
      if (store.damaged.length > 0) this.#deriveIndexes();
      for (const month of store.settlements.months()) store.months.touch(month);
      store.setMeta("categories", "");
      if (rules) {
        store.setMeta("rules", "");
        store.setMeta("rebuilding", this.#tables.rules);
      }
      store.setMeta("published_groups", "0");
      store.setMeta("publish_full", "1");
      store.setMeta("rejudge", "1");
    });
  }

  /** What leads to the kept settlements is made again from them. Only inside a commit. */
  #deriveIndexes(): void {
    const { settlements, months, codes } = this.store;
    const s = new Settlement();
    const facts = emptyFacts();
    months.forget();
    settlements.deriveIds(s, facts);
    settlements.scanAll(s, facts, () =>
      months.addFacility(codes.idOf(s.fixmedins_code), monthOfDay(facts.day)),
    );
  }

  close(): void {
    this.store.close();
  }
}

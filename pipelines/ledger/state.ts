import { createHash } from "node:crypto";
import { parseDay, ZoneCalendar } from "../../aggregations/calendar.js";
import { CategoryTable } from "../../aggregations/dimensions/categories.js";
import { FacilityTable } from "../../aggregations/dimensions/facilities.js";
import { type GroupKey, GroupTable } from "../../aggregations/dimensions/groups.js";
import {
  DimensionIndex,
  type DimensionRules,
  type TupleValues,
} from "../../aggregations/dimensions/tuples.js";
import { Contribution } from "../../aggregations/settlement/contribution.js";
import { canonicalContent, recordKey, versionTime } from "../../aggregations/streams/version.js";
import type { ReferenceTables } from "../../connectors/config/reference.js";
import { checkedCrc, withCrc } from "../../connectors/state/file.js";
import { Privacy } from "../../connectors/state/person-key.js";
import { PersonTable } from "../../connectors/state/person-table.js";
import type { Ref } from "../../connectors/state/settlement-block.js";
import { SqliteStore } from "../../connectors/state/store.js";
import type { Cause } from "../../schemas/closed.js";
import type { Config } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import { NATIONAL_CATEGORIES } from "../../schemas/input/national-categories.js";
import { Settlement, type StreamRecord } from "../../schemas/input/settlement.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { EpochMs, MonthNumber } from "../../schemas/units.js";
import { ChangeLog } from "./change-log.js";
import { ClosedPeriods } from "./closed-periods.js";
import { FacilityMonths } from "./facility-months.js";
import { emptyFacts, MonthCache } from "./months.js";
import { ReclassificationLog } from "./reclassification-log.js";
import { RefundIndex } from "./refund-index.js";
import { ReportingHistory } from "./reporting-history.js";
import { SettlementLedger } from "./settlements.js";
import { type UsedTables, UsedTablesKeeper } from "./used-tables.js";

/**
 * Raised when a program derives other sums from the same settlements than the one before it: a state is then
 * derived again at its first start under the new program. 2: visits of `cal_ipt_cnt` 0, `casePayment`.
 */
const DERIVATION = 2;

const hash = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 24);

/** What decides dimensions and sums; a state built under other rules is refused (FP2005). */
export function rulesOf(config: Config): object {
  const { jurisdiction, timezone, periods, groupings, personGroupings, refunds, insurances } = config;
  const { careGroups, reimbursed, benefit } = config;
  return {
    admdvs: jurisdiction.admdvs,
    level: jurisdiction.level,
    timezone,
    firstDay: periods.firstDay,
    keepDays: periods.keepDays,
    keepFacilityDays: periods.keepFacilityDays,
    dayGroupings: periods.dayGroupings,
    groupings,
    personGroupings,
    refunds,
    insurances,
    careGroups,
    reimbursed,
    benefit,
    ...beyondDefaults(config),
  };
}

/** Rules that came later: named only where they are set, so that a state made before them is none of other rules. */
function beyondDefaults({ personKinds, channels }: Config): object {
  const given = Object.entries({ personKinds, channels });
  return Object.fromEntries(given.filter(([, value]) => Object.keys(value).length > 0));
}

function dimensionRules(config: Config): DimensionRules {
  return {
    jurisdiction: config.jurisdiction,
    insurances: new Map(
      Object.entries(config.insurances).flatMap(([insurance, codes]) =>
        codes.map((code): [string, string] => [code, insurance]),
      ),
    ),
    personKinds: config.personKinds,
    channels: config.channels,
    careGroups: config.careGroups,
    groupings: config.groupings,
    personGroupings: config.personGroupings,
    dayGroupings: config.periods.dayGroupings,
  };
}

/**
 * The opened state with everything derived from it in memory. Reference tables from the CSV files and from
 * the `facility` stream are merged here; when they differ from those the state was derived with, what they
 * touch is derived again.
 */
export class State {
  readonly store: SqliteStore;
  readonly privacy: Privacy;
  readonly persons = new PersonTable();
  readonly calendar: ZoneCalendar;
  readonly groups: GroupTable;
  readonly dimensionIndex: DimensionIndex;
  readonly months: MonthCache;
  readonly ledger: SettlementLedger;
  readonly reporting: ReportingHistory;
  readonly closed: ClosedPeriods;
  readonly changes: ChangeLog;
  /** Current facility records by key, CSV and stream merged. */
  facilities: StreamRecord[] = [];
  /** True when everything derived was numbered anew since the last publish: the next one must be full. */
  mustPublishFull = false;
  /** True when tables or rules changed and the quarantine was not validated again since. */
  tablesChanged = false;
  readonly #facilityMonths: FacilityMonths;
  readonly #used: UsedTablesKeeper;
  #personsSaved: number;
  #tuplesSaved: number;
  #groupsSaved: number;
  readonly #tables: { readonly categories: string; readonly rules: string };

  constructor(
    readonly config: Config,
    readonly reference: ReferenceTables,
    readonly clock: () => EpochMs,
    options: { readonly rebuild: boolean },
  ) {
    this.calendar = new ZoneCalendar(config.timezone);
    this.privacy = new Privacy(config.privacy.personKey);
    const rules = hash(rulesOf(config));
    this.store = new SqliteStore(
      config.data,
      { keyCheck: this.privacy.keyCheck, rules },
      { acceptRules: options.rebuild },
    );
    const { store } = this;
    for (const { first, pseudonyms } of store.db
      .prepare("SELECT first, tags AS pseudonyms FROM person_chunk ORDER BY first")
      .all() as { first: number; pseudonyms: Buffer }[]) {
      const chunk = checkedCrc(pseudonyms, `person chunk ${first}`);
      if (first !== this.persons.size) {
        throw new FundpulseError("FP2004", "the person table of the state file has a gap");
      }
      for (let at = 0; at < chunk.length; at += 16) this.persons.numberOf(chunk, at);
    }
    this.#personsSaved = this.persons.size;
    const categories = hash([
      DERIVATION,
      ...NATIONAL_CATEGORIES,
      ...reference.categories,
      config.casePayment,
    ]);
    this.#tables = { categories, rules };
    const again = options.rebuild || (store.meta("categories") ?? categories) !== categories;
    if (again) this.#forgetDerived(options.rebuild);
    this.facilities = this.#mergeFacilities();
    this.groups = new GroupTable(this.#saved<GroupKey>("grp", "gid"));
    this.#groupsSaved = this.groups.groups.length;
    this.dimensionIndex = new DimensionIndex(
      dimensionRules(config),
      this.#categoryTable(),
      new FacilityTable(this.facilities),
      this.groups,
    );
    for (const tuple of this.#saved<TupleValues>("combo", "id")) this.dimensionIndex.number(tuple);
    this.#tuplesSaved = this.dimensionIndex.tuples.length;
    this.months = new MonthCache(store, this.dimensionIndex, new Contribution(config));
    this.#facilityMonths = new FacilityMonths(store);
    this.reporting = new ReportingHistory(store, this.calendar, { again: options.rebuild });
    this.closed = new ClosedPeriods(store);
    this.#used = new UsedTablesKeeper(this.closed.store);
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
      this.#facilityMonths,
      this.changes,
      this.calendar,
      {
        firstDay: parseDay(config.periods.firstDay)!,
        originalPeriod: config.refunds === "original-period",
      },
    );
    store.beforeCommit.push(() => this.#saveNumbers());
    if (again) this.reclassifyAll();
    else this.facilitiesChanged();
    this.mustPublishFull = store.meta("publish_full") === "1";
    this.tablesChanged = store.meta("rejudge") === "1";
  }

  /** Everything is derived under the present tables and rules, the quarantine validated again included. */
  derived(): void {
    const { store } = this;
    const { categories, rules } = this.#tables;
    this.tablesChanged = false;
    if (store.meta("rejudge") !== "1" && store.meta("categories") === categories) return;
    store.commit(() => {
      store.setMeta("categories", categories);
      store.setMeta("rules", rules);
      store.setMeta("rejudge", "0");
    });
  }

  #categoryTable(): CategoryTable {
    return new CategoryTable(NATIONAL_CATEGORIES, this.reference.categories);
  }

  #saved<T>(table: string, key: string): T[] {
    const rows = this.store.db.prepare(`SELECT json FROM ${table} ORDER BY ${key}`).raw().all() as [string][];
    return rows.map(([json]) => JSON.parse(json) as T);
  }

  /** Persons, tuples and groups met since the last commit get their numbers kept. */
  #saveNumbers(): void {
    const { store } = this;
    if (this.persons.size > this.#personsSaved) {
      store
        .sql("INSERT INTO person_chunk (first, tags) VALUES (?, ?)")
        .run(this.#personsSaved, withCrc(this.persons.pseudonymsFrom(this.#personsSaved)));
      this.#personsSaved = this.persons.size;
    }
    for (; this.#tuplesSaved < this.dimensionIndex.tuples.length; this.#tuplesSaved++) {
      const { insurance, values, facilityKnown } = this.dimensionIndex.tuples[this.#tuplesSaved];
      store
        .sql("INSERT INTO combo (id, json) VALUES (?, ?)")
        .run(this.#tuplesSaved, JSON.stringify({ insurance, values, facilityKnown }));
    }
    for (; this.#groupsSaved < this.groups.groups.length; this.#groupsSaved++) {
      const { insurance, grouping, dimensions } = this.groups.groups[this.#groupsSaved];
      store
        .sql("INSERT INTO grp (gid, json) VALUES (?, ?)")
        .run(this.#groupsSaved, JSON.stringify({ insurance, grouping, dimensions }));
    }
  }

  /**
   * Forgets what is derived. Until `derived` the state belongs to no tables (and with `rules` to no rules),
   * so that a start after a crash derives everything again instead of going on half-way.
   */
  #forgetDerived(rules: boolean): void {
    const { store } = this;
    store.commit(() => {
      store.dropCheckpoints();
      for (const month of store.months()) store.touchMonth(month);
      store.setMeta("categories", "");
      if (rules) store.setMeta("rules", "");
      store.setMeta("published_groups", "0");
      store.setMeta("publish_full", "1");
      store.setMeta("rejudge", "1");
    });
  }

  /** The greatest version of each key; of equal times the stream's stands before the file's. */
  #mergeFacilities(): StreamRecord[] {
    const byKey = new Map<string, StreamRecord>();
    const streamed = this.store.records("facility").map((r) => r.record);
    for (const record of [...this.reference.facilities, ...streamed]) {
      const key = recordKey("facility", record);
      const known = byKey.get(key);
      if (known === undefined || versionTime(record) >= versionTime(known)) byKey.set(key, record);
    }
    return [...byKey.values()];
  }

  /**
   * Takes the present facility table into use: what it changes of kept settlements is derived again.
   * Returns true when some facility changed, so that the quarantine can be validated again.
   */
  facilitiesChanged(): boolean {
    this.facilities = this.#mergeFacilities();
    const contents = new Map<string, string[]>();
    for (const record of this.facilities) {
      const code = String(record.fixmedins_code);
      const list = contents.get(code);
      if (list) list.push(canonicalContent("facility", record));
      else contents.set(code, [canonicalContent("facility", record)]);
    }
    const now = Object.fromEntries(
      [...contents]
        .map(([code, list]) => [code, hash([...list].sort())])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const before = JSON.parse(this.store.meta("facilities") ?? "{}") as Record<string, string>;
    const changed = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter(
      (code) => now[code] !== before[code],
    );
    this.dimensionIndex.retable(this.#categoryTable(), new FacilityTable(this.facilities));
    this.store.revisions.facilities++;
    if (changed.length === 0) return false;
    const months = this.#facilityMonths.monthsOf(changed);
    // Known to no table until all of it is derived again, whenever the process may end.
    const between = { ...before, ...Object.fromEntries(changed.map((code) => [code, ""])) };
    this.store.commit(() => {
      this.store.setMeta("rejudge", "1");
      if (months.size > 0) this.store.setMeta("facilities", JSON.stringify(between));
    });
    const facilities = new Set(changed);
    this.#reclassify(months, (s) => facilities.has(s.fixmedins_code), "facility");
    this.store.commit(() => {
      this.store.setMeta("facilities", JSON.stringify(now));
      this.keepUsedTables();
    });
    return true;
  }

  /** Holds every kept settlement against the present tables and rules. */
  reclassifyAll(): void {
    this.#reclassify(new Set(this.store.months()), () => true, "rules");
    this.facilitiesChanged();
  }

  /**
   * Withdraws the versions among `touches` that the tables no longer allow, moves those that now count in
   * another month, and forgets what was derived of `months`.
   */
  #reclassify(months: ReadonlySet<MonthNumber>, touches: (s: Settlement) => boolean, cause: Cause): void {
    if (months.size === 0) return;
    const log = this.#reclassificationLog(cause);
    const { store, ledger } = this;
    const now = this.clock();
    const s = new Settlement();
    const facts = emptyFacts();
    const wrong: { ref: Ref; id: string; rejection: Rejection }[] = [];
    const misplaced = new Set<Ref>();
    for (const month of months) {
      store.scan(month, 0, s, facts, (ref) => {
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
        // Another version of an original may stand now: its refunds follow it.
        for (const refund of ledger.refundsOf(id)) misplaced.add(refund);
      }
      for (const ref of misplaced) for (const month of ledger.replace(ref, log)) touched.add(month);
      for (const month of touched) {
        store.dropMonth(month);
        this.months.drop(month);
      }
      log?.write(now);
      // What was noted is noted once: a start after a crash from here on finds nothing that changed.
      this.keepUsedTables();
    });
    for (const month of touched) {
      this.months.cells(month);
      store.commit(() => store.touchMonth(month, this.months.summary(month)));
      this.months.evict(new Set([month]));
    }
  }

  /** What the present review changes in closed months; null while nothing is closed. */
  #reclassificationLog(cause: Cause): ReclassificationLog | null {
    const before = this.closed.months.size > 0 ? this.#used.before() : null;
    const after = { dimensionIndex: this.dimensionIndex, contribution: new Contribution(this.config) };
    return before && new ReclassificationLog(this.closed, before, after, cause);
  }

  /** Keeps the tables that closed figures are derived under now. Only inside a commit. */
  keepUsedTables(): void {
    if (this.closed.months.size === 0) return;
    const { insurances, jurisdiction, careGroups, personKinds, channels } = this.dimensionIndex.rules;
    const { reimbursed, benefit, casePayment } = this.config;
    const tables: UsedTables = {
      facilities: this.facilities,
      categories: this.reference.categories,
      rules: {
        jurisdiction,
        careGroups,
        personKinds,
        channels,
        insurances: [...insurances],
        components: { reimbursed, benefit, casePayment },
      },
    };
    this.#used.keep(tables);
  }

  close(): void {
    this.store.close();
  }
}

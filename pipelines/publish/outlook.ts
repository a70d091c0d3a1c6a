import { civil, monthNumber, monthOfDay, monthStart, yearOfMonth } from "../../aggregations/calendar.js";
import { expenseBudgets } from "../../aggregations/outlook/budgets.js";
import { type FundOutlook, fundOutlook, RATE_DAYS } from "../../aggregations/outlook/outlook.js";
import { insuranceOfFund } from "../../aggregations/streams/record.js";
import { settledRows } from "../../aggregations/streams/settled.js";
import { FUND_LABELS } from "../../schemas/labels.js";
import { COMPONENT_MEASURES, MEASURE_INDEX, ROW_WIDTH } from "../../schemas/measures.js";
import type { DayNumber, Fen, MonthNumber } from "../../schemas/units.js";
import type { PublishState } from "../ledger/ports.js";
import type { Window } from "./sums.js";

/** Day groupings whose rows together hold each settlement of people insured here exactly once. */
const WHOLES = ["total", "care", "care+region", "care+tier", "care+district"];

/** Fen by fund, and by day of the month from 0. */
type MonthDays = Readonly<Record<string, readonly Fen[]>>;

/**
 * Works out `fund_outlook` for each snapshot. What each day took out of the funds is derived from the months;
 * that of months which are at rest is kept in the state, so that a start need not load earlier years.
 */
export class OutlookTable {
  readonly #days = new Map<MonthNumber, { readonly touched: number; readonly days: MonthDays }>();
  /** By set of day groups (`dayKey`): insurance of the rows that count, null for other people's. */
  readonly #insurance = new Map<number, string | null>();
  readonly #grouping: string | undefined;
  #budgets: ReturnType<typeof expenseBudgets> | null = null;

  constructor(private readonly state: PublishState) {
    this.#grouping = WHOLES.find((g) => state.config.periods.dayGroupings.includes(g));
    // Derived under other rules.
    if (state.mustPublishFull) state.store.beside(() => state.store.sql("DELETE FROM settled_day").run());
  }

  /**
   * One row a fund, as of the last commit; none where no day grouping tells what a day cost.
   * @param budgetsChanged records of `fund-entry` came since the last snapshot
   */
  snapshot({ firstDay, lastDay }: Window, budgetsChanged: boolean): FundOutlook[] {
    if (firstDay === null || lastDay === null || this.#grouping === undefined) return [];
    if (budgetsChanged || this.#budgets === null) {
      this.#budgets = expenseBudgets(this.state.store.records.all("fund-entry").map((r) => r.record));
    }
    const [year] = civil(lastDay);
    const held = this.state.store
      .sql("SELECT month, touched FROM month WHERE first_day IS NOT NULL ORDER BY month")
      .all() as { month: MonthNumber; touched: number }[];
    const wholeYears = wholeYearsBefore(
      year,
      held.map((h) => h.month),
    );
    const rateFrom = monthOfDay(lastDay - RATE_DAYS);
    const wanted = held.filter(
      ({ month }) =>
        yearOfMonth(month) === year || wholeYears.includes(yearOfMonth(month)) || month >= rateFrom,
    );
    const funds = this.#spending(wanted, monthOfDay(lastDay));
    const budgets = this.#budgets.get(year) ?? new Map<string, bigint>();
    const names = new Set([...funds.keys(), ...budgets.keys()]);
    const span = { asOf: lastDay, firstDay, wholeYears };
    return inOrder(names).flatMap((fund) => {
      const outlook = fundOutlook(
        {
          fund,
          insurance: insuranceOfFund(fund),
          spent: funds.get(fund) ?? new Map(),
          budget: budgets.get(fund) ?? null,
        },
        span,
      );
      return outlook === null ? [] : [outlook];
    });
  }

  #spending(
    months: readonly { readonly month: MonthNumber; readonly touched: number }[],
    latest: MonthNumber,
  ): Map<string, Map<DayNumber, Fen>> {
    const funds = new Map<string, Map<DayNumber, Fen>>();
    const atRest: [MonthNumber, number, string][] = [];
    for (const { month, touched } of months) {
      let known = this.#days.get(month);
      if (known?.touched !== touched) {
        known = this.#kept(month, touched);
        if (known === undefined) {
          known = { touched, days: this.#daysOf(month) };
          if (month < latest) atRest.push([month, touched, JSON.stringify(known.days)]);
        }
        this.#days.set(month, known);
      }
      const start = monthStart(month);
      for (const [fund, days] of Object.entries(known.days)) {
        const byDay = funds.get(fund) ?? new Map<DayNumber, Fen>();
        funds.set(fund, byDay);
        days.forEach((fen, d) => {
          if (fen !== 0) byDay.set(start + d, fen);
        });
      }
    }
    this.#keep(atRest);
    return funds;
  }

  #kept(month: MonthNumber, touched: number): { touched: number; days: MonthDays } | undefined {
    const row = this.state.store.sql("SELECT touched, days FROM settled_day WHERE month = ?").get(month) as
      | { touched: number; days: string }
      | undefined;
    return row?.touched === touched ? { touched, days: JSON.parse(row.days) as MonthDays } : undefined;
  }

  /** Derived, so it is no commit. */
  #keep(rows: readonly (readonly [MonthNumber, number, string])[]): void {
    if (rows.length === 0) return;
    const { store } = this.state;
    const put = store.sql("INSERT OR REPLACE INTO settled_day (month, touched, days) VALUES (?, ?, ?)");
    store.beside(() => {
      for (const row of rows) put.run(...row);
    });
  }

  #daysOf(month: MonthNumber): MonthDays {
    const { months } = this.state;
    const funds: Record<string, Fen[]> = {};
    months.cells(month).days.forEach(({ keys, sums }, d) => {
      keys.forEach((dayKey, slot) => {
        const insurance = this.#insuranceOf(dayKey);
        if (insurance === null) return;
        const paid = Object.fromEntries(
          COMPONENT_MEASURES.map((m) => [m, sums[slot * ROW_WIDTH + MEASURE_INDEX[m]]]),
        );
        for (const { fund, amount } of settledRows(month, insurance, "", paid)) {
          funds[fund] ??= new Array<Fen>(31).fill(0);
          funds[fund][d] += amount;
        }
      });
    });
    months.evict(new Set([month]));
    return funds;
  }

  #insuranceOf(dayKey: number): string | null {
    let insurance = this.#insurance.get(dayKey);
    if (insurance === undefined) {
      const { dimensionIndex, groups } = this.state;
      const gid = [...dimensionIndex.dayGroups[dayKey]].find(
        (g) => groups.groups[g].grouping === this.#grouping,
      );
      insurance = gid === undefined ? null : groups.groups[gid].insurance;
      this.#insurance.set(dayKey, insurance);
    }
    return insurance;
  }
}

/** Years before this one in which every month has settlements. */
function wholeYearsBefore(year: number, months: readonly MonthNumber[]): number[] {
  const held = new Set(months);
  const years = [...new Set(months.map(yearOfMonth))].filter((y) => y < year);
  return years.filter((y) =>
    Array.from({ length: 12 }, (_, m) => monthNumber(y, m + 1)).every((m) => held.has(m)),
  );
}

/** The funds that the contract lists in its order, then the others by name. */
function inOrder(names: ReadonlySet<string>): string[] {
  const place = (name: string): number => {
    const at = FUND_LABELS.findIndex((l) => l.value === name);
    return at < 0 ? FUND_LABELS.length : at;
  };
  return [...names].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

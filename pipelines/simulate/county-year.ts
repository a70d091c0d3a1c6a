import {
  civil,
  dayOf,
  monthEnd,
  monthNumber,
  parseDay,
  type ZoneCalendar,
} from "../../aggregations/calendar.js";
import { Settlement, type StreamRecord } from "../../schemas/input/settlement.js";
import { MS_PER_DAY } from "./arrivals.js";
import { COUNTY } from "./shandan-facilities.js";
import { type SimEvent, setAmounts } from "./write/event.js";

/*
 * What a page of the county's year needs and its printed report does not give. All of it is made up: the
 * second half of 2023, budgets, opening balances and books of the funds, and an outpatient department that
 * falls silent in June 2024. None of it is in a figure that the report prints.
 */

const HALF = { from: dayOf(2023, 1, 1), days: 181 };
const SECOND_HALF = { from: dayOf(2023, 7, 1), days: 184 };
/** Of a hundred bills of the first half so many come again in July, August …: summer is quiet. */
const AGAIN = [80, 82, 88, 94, 100, 97];

const hash = (text: string): number => {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619) >>> 0;
  return h;
};

/**
 * A bill of the first half of 2023 as a bill of the second half: the same people, amounts and places, other
 * ids and days. Null for bills of other times and for records that are meant for the quarantine.
 */
export function inSecondHalf(s: Settlement, calendar: ZoneCalendar): Settlement | null {
  const day = calendar.dayOf(s.setl_time);
  const offset = day - HALF.from;
  if (offset < 0 || offset >= HALF.days || s.setl_id.endsWith("B")) return null;
  const moved = SECOND_HALF.from + Math.floor((offset * SECOND_HALF.days) / HALF.days);
  const [, month] = civil(moved);
  // By visit, so that a refund goes where its bill goes.
  if (hash(s.mdtrt_id) % 100 >= AGAIN[month - 7]!) return null;
  const later = new Settlement();
  later.copyFrom(s);
  const days = moved - day;
  later.setl_id = `${s.setl_id}-2`;
  later.mdtrt_id = `${s.mdtrt_id}-2`;
  if (s.init_setl_id !== "") later.init_setl_id = `${s.init_setl_id}-2`;
  later.setl_time += days * MS_PER_DAY;
  later.updt_time += days * MS_PER_DAY;
  if (!Number.isNaN(s.begndate)) later.begndate += days;
  if (!Number.isNaN(s.enddate)) later.enddate += days;
  return later;
}

/** The month that the demo closes before all of its bills are there. */
export const CLOSED_EARLY = "2023-12";
/** Of a thousand of its bills so many come after the close. */
const LATE = 6;

/** Whether a made-up bill comes after its month was closed; all records of the bill do. */
export function comesLate(s: Settlement, calendar: ZoneCalendar): boolean {
  const [year, month] = civil(calendar.dayOf(s.setl_time));
  const at = `${year}-${String(month).padStart(2, "0")}`;
  return at === CLOSED_EARLY && s.init_setl_id === "" && hash(s.setl_id) % 1000 < LATE;
}

/** In 万元: opening balance of 2023, monthly income and expense of 2023, monthly expense of 2024, budgets of 2024. */
interface Books {
  readonly fund: string;
  readonly opening: number;
  readonly income2023: number;
  readonly expense2023: number;
  readonly expense2024: number;
  /** Monthly; null where the report prints the income, which is in the events already. */
  readonly income2024: number | null;
  readonly budget: number;
}

const BOOKS: readonly Books[] = [
  {
    fund: "employee_pool",
    opening: 5_600,
    income2023: 930,
    expense2023: 690,
    expense2024: 752,
    income2024: null,
    budget: 8_200,
  },
  {
    fund: "employee_account",
    opening: 9_400,
    income2023: 470,
    expense2023: 440,
    expense2024: 358,
    income2024: null,
    budget: 4_600,
  },
  {
    fund: "resident",
    opening: 8_000,
    income2023: 1_330,
    expense2023: 1_350,
    expense2024: 1_410,
    income2024: null,
    budget: 17_400,
  },
  {
    fund: "large_amount",
    opening: 240,
    income2023: 22,
    expense2023: 20,
    expense2024: 18,
    income2024: 21,
    budget: 230,
  },
  {
    fund: "critical_illness",
    opening: 260,
    income2023: 78,
    expense2023: 66,
    expense2024: 89,
    income2024: 84,
    budget: 1_150,
  },
  {
    fund: "aid",
    opening: 420,
    income2023: 135,
    expense2023: 128,
    expense2024: 139,
    income2024: 136,
    budget: 1_720,
  },
];

const WAN_FEN = 1_000_000;

/** Budgets, opening balances, income and expense of the county's funds. */
export function* madeUpBooks(): Generator<SimEvent> {
  let n = 0;
  const entry = (fund: string, kind: string, subject: string, wan: number, day: number): SimEvent => ({
    stream: "fund-entry",
    record: {
      entry_id: `M${COUNTY}${String(++n).padStart(6, "0")}`,
      fund,
      admdvs: COUNTY,
      kind,
      subject,
      amount: Math.round(wan * WAN_FEN),
      book_date: day,
      insurance: null,
      group: null,
      beneficiaries: null,
      updt_time: day * MS_PER_DAY,
    },
  });
  const monthly = function* (
    fund: string,
    year: number,
    months: number,
    income: number | null,
    expense: number,
  ) {
    for (let m = 1; m <= months; m++) {
      const last = monthEnd(monthNumber(year, m));
      // A little more in some months than in others, so that a year has a shape.
      const share = 1 + ((hash(`${fund} ${year} ${m}`) % 21) - 10) / 200;
      if (income !== null) yield entry(fund, "income", "levy", income * share, last - 3);
      yield entry(fund, "expense", "benefit", expense * share, last);
    }
  };
  for (const b of BOOKS) {
    const begin = dayOf(2024, 1, 1);
    yield entry(b.fund, "opening_balance", "other", b.opening, dayOf(2023, 1, 1));
    yield entry(b.fund, "opening_balance", "other", b.opening + 12 * (b.income2023 - b.expense2023), begin);
    yield entry(b.fund, "budget_expense", "benefit", b.expense2023 * 12.2, dayOf(2023, 1, 1));
    yield entry(b.fund, "budget_expense", "benefit", b.budget, begin);
    if (b.income2024 !== null) yield entry(b.fund, "budget_income", "levy", b.income2024 * 12, begin);
    yield* monthly(b.fund, 2023, 12, b.income2023, b.expense2023);
    yield* monthly(b.fund, 2024, 6, b.income2024, b.expense2024);
  }
}

const SILENT = `H${COUNTY}00090`;
const SILENT_DAYS = [dayOf(2024, 3, 4), dayOf(2024, 6, 8)] as const;

/**
 * An outpatient department that treats people from the neighbouring district, day by day until 8 June 2024:
 * people insured elsewhere are in no printed figure.
 */
export function* silentFacility(calendar: ZoneCalendar): Generator<SimEvent> {
  const record: StreamRecord = {
    fixmedins_code: SILENT,
    admdvs: COUNTY,
    name: "山丹县某门诊部（示例）",
    hosp_lv: "11",
    tier: null,
    ownership: "private",
    kind: "community",
    parent_code: null,
    valid_from: null,
    valid_to: null,
    display_order: 90,
    updt_time: calendar.instantOf(2023, 1, 1),
  };
  yield { stream: "facility", record };
  let n = 0;
  for (let day = SILENT_DAYS[0]; day <= SILENT_DAYS[1]; day++) {
    for (let i = 0; i < 1 + (day % 3); i++) {
      const s = new Settlement();
      const [y, m, d] = civil(day);
      s.setl_id = `${COUNTY}Z${String(++n).padStart(6, "0")}`;
      s.mdtrt_id = `${s.setl_id}M`;
      s.setl_time = calendar.instantOf(y, m, d, 9 + i, (n * 7) % 60);
      s.updt_time = s.setl_time;
      s.vali_flag = "1";
      s.refd_setl_flag = "0";
      s.psn_no = `8620702${String((n * 37) % 90).padStart(8, "0")}`;
      s.insutype = "390";
      s.psn_type = "1501";
      s.insu_admdvs = "620702";
      s.fixmedins_code = SILENT;
      s.fix_blng_admdvs = COUNTY;
      s.hosp_lv = "11";
      s.med_type = "11";
      s.pay_loc = "3";
      s.setl_type = "2";
      s.clr_way = "10";
      const fee = 6_000 + ((n * 1_371) % 9_000);
      setAmounts(s, fee, Math.floor(fee * 0.9), Math.floor(fee * 0.5), 0, 0, 0, 0);
      yield { stream: "settlement", record: s };
    }
  }
}

/** First day whose events `demo --live` holds back. */
export const LIVE_FROM = parseDay("2024-06-01")!;

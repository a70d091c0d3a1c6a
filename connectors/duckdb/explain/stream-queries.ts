import { monthOfDay, monthText } from "../../../aggregations/calendar.js";
import { type Jurisdiction, liesInDigits } from "../../../aggregations/dimensions/region.js";
import { settledFrom } from "../../../aggregations/explain/formula.js";
import type { Request } from "../../../aggregations/explain/request.js";
import { COMPOSITE, COMPOSITE_PARTS } from "../../../aggregations/streams/fund.js";
import { insuranceOfFund } from "../../../aggregations/streams/record.js";
import { FUND_OF_MEASURE, POOL_FUND } from "../../../aggregations/streams/settled.js";
import type {
  DipTerm,
  EnrolmentTerm,
  FundTerm,
  GivenIndicator,
  Signed,
} from "../../../schemas/indicators.js";
import { isOneOf, quoteText } from "../../../schemas/published/definition.js";
import type { MonthNumber } from "../../../schemas/units.js";
import { BILL_KIND, FACILITY_NAMES, type RecordQuery, type TermSql } from "./settlement-queries.js";

const dayText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
const yearOf = (request: Request): number => Number(dayText(request.period.endDay).slice(0, 4));
const column = (name: string): readonly [string, string] => [`"${name}"`, `b."${name}"`];
const PLACE = ["source", "partition", "position"].map(column);

type Side = TermSql["side"];
interface SignedTerm<T> {
  readonly side: Side;
  readonly sign: string;
  readonly term: T;
}

/** Both sides of a formula, taken apart. */
function termsOf<T extends string>(indicator: GivenIndicator<T>): SignedTerm<T>[] {
  const read = (side: Side, terms: readonly Signed<T>[] | null): SignedTerm<T>[] =>
    (terms ?? []).map((t) => ({ side, sign: t.slice(0, 1), term: t.slice(1) as T }));
  return [...read("numerator", indicator.numerator), ...read("denominator", indicator.denominator)];
}

/** Which lines of the books enter each term, and with what. */
function bookTerm(request: Request, term: FundTerm): { readonly value: string; readonly when: string } {
  const [start, end] = [dayText(request.period.startDay), dayText(request.period.endDay)];
  const year = yearOf(request);
  const within = `b.book_date BETWEEN DATE '${start}' AND DATE '${end}'`;
  const toDate = `b.book_date BETWEEN DATE '${year}-01-01' AND DATE '${end}'`;
  const amount = "b.amount";
  switch (term) {
    case "income":
    case "expense":
      return { value: amount, when: `b.kind = '${term}' AND ${within}` };
    case "income_to_date":
      return { value: amount, when: `b.kind = 'income' AND ${toDate}` };
    case "expense_to_date":
      return { value: amount, when: `b.kind = 'expense' AND ${toDate}` };
    case "prepayment_to_date":
      return { value: amount, when: `b.kind = 'income' AND b.subject = 'prepayment' AND ${toDate}` };
    case "budget_income":
    case "budget_expense":
      return { value: amount, when: `b.kind = '${term}' AND year(b.book_date) = ${year}` };
    case "opening_balance":
      // One dated on the last day of a year opens the next one.
      return {
        value: amount,
        when: `b.kind = 'opening_balance' AND b.book_date BETWEEN DATE '${year - 1}-12-31' AND DATE '${year}-12-30'`,
      };
    case "beneficiaries":
      return { value: "b.beneficiaries", when: `b.kind IN ('income', 'expense') AND ${within}` };
    default:
      throw new Error(`${term} is no line of the books`);
  }
}

const isSettled = (term: FundTerm): term is "settled" | "settled_to_date" => term.startsWith("settled");

/** Lines of the books behind a figure of the funds. */
function bookQuery(request: Request, terms: readonly SignedTerm<FundTerm>[]): RecordQuery {
  const { fund, district, subject, person_group } = request.dimensions;
  const where: string[] = [];
  if (request.insurance !== "all") where.push(`b.insurance = ${quoteText(request.insurance)}`);
  if (fund !== undefined) {
    const funds = fund === COMPOSITE ? COMPOSITE_PARTS : [fund];
    where.push(isOneOf("b.fund", funds));
  }
  if (district !== undefined) where.push(`b.admdvs = ${quoteText(district)}`);
  if (subject !== undefined) where.push(`b.subject = ${quoteText(subject)}`);
  if (person_group !== undefined) where.push(`b."group" = ${quoteText(person_group)}`);
  const parts = terms.map((t) => ({ ...t, ...bookTerm(request, t.term) }));
  where.push(`(${[...new Set(parts.map((p) => `(${p.when})`))].join("\n    OR ")})`);
  const names = ["entry_id", "fund", "kind", "subject", "group", "admdvs", "insurance", "book_date"];
  return {
    kind: "fund_entry",
    columns: [...[...names, "amount", "beneficiaries"].map(column), ...PLACE],
    from: "fund_entry b",
    where,
    terms: parts.map(({ side, sign, term, value, when }) => ({
      side,
      sign,
      term,
      sql: `CASE WHEN ${when} THEN ${value} END`,
    })),
    key: "entry_id",
  };
}

/** What a settlement pays out of the funds of a figure. */
function settledAmount(request: Request): string {
  const { fund } = request.dimensions;
  const wanted = (name: string): boolean =>
    (request.insurance === "all" || insuranceOfFund(name) === request.insurance) &&
    (fund === undefined || fund === name || (fund === COMPOSITE && COMPOSITE_PARTS.includes(name)));
  const parts = [
    ...Object.entries(POOL_FUND)
      .filter(([, name]) => wanted(name))
      .map(([insurance]) => `CASE WHEN b.insurance = '${insurance}' THEN b.pool_paid ELSE 0 END`),
    ...FUND_OF_MEASURE.filter(([, name]) => wanted(name)).map(([measure]) => `b.${measure}`),
    ...ownFund(request),
  ];
  return parts.length === 0 ? "0" : parts.join(" + ");
}

/** Insurances of a bureau's own pay out of a fund of their name, whose figures stand in `all`. */
function ownFund({ insurance, dimensions: { fund } }: Request): string[] {
  if (insurance !== "all") return [];
  const usual = Object.keys(POOL_FUND).map(quoteText).join(", ");
  const named = fund === undefined ? "" : ` AND b.insurance = ${quoteText(fund)}`;
  return [`CASE WHEN b.insurance NOT IN (${usual})${named} THEN b.pool_paid ELSE 0 END`];
}

/** Settlements that a fund paid: those of people insured here. */
function settledQuery(
  request: Request,
  jurisdiction: Jurisdiction,
  terms: readonly SignedTerm<FundTerm>[],
  from: MonthNumber,
): RecordQuery {
  const { district } = request.dimensions;
  const end = monthOfDay(request.period.endDay);
  const here = quoteText(jurisdiction.admdvs.slice(0, liesInDigits(jurisdiction)));
  const amount = settledAmount(request);
  const names = ["person", "setl_id", "init_setl_id", "setl_time", "month", "insurance", "facility"];
  return {
    kind: "settlement",
    columns: [
      ...[...names, "care", "category", "district"].map((name) => [name, `b.${name}`] as const),
      ["facility_name", "n.name"],
      ...BILL_KIND,
      ...PLACE,
    ],
    from: "bill b",
    names: FACILITY_NAMES,
    where: [
      `b.month BETWEEN '${monthText(from)}' AND '${monthText(end)}'`,
      `starts_with(b.district, ${here})`,
      ...(district === undefined ? [] : [`b.district = ${quoteText(district)}`]),
      `(${amount}) <> 0`,
    ],
    terms: terms.map(({ side, sign, term }) => ({ side, sign, term, sql: amount })),
    key: "setl_id",
  };
}

/** What a figure of the funds stands on: lines of the books, settlements, or both. */
export function fundQueries(
  request: Request,
  indicator: GivenIndicator<FundTerm>,
  jurisdiction: Jurisdiction,
): RecordQuery[] {
  const terms = termsOf(indicator);
  const settled = terms.filter((t) => isSettled(t.term));
  const from = settledFrom({ family: "fund", indicator }, request.period);
  const booked = terms.filter((t) => !isSettled(t.term));
  return [
    ...(from === null ? [] : [settledQuery(request, jurisdiction, settled, from)]),
    ...(booked.length > 0 ? [bookQuery(request, booked)] : []),
  ];
}

const DIP_SQL: Readonly<Record<DipTerm, string>> = {
  cases: "b.cases",
  fee_for_service_amount: "b.fee_for_service_amount",
  dip_amount: "b.dip_amount",
  deposit: "b.dip_amount * b.deposit_rate",
};

/** DIP results behind a figure. */
export function dipQuery(request: Request, indicator: GivenIndicator<DipTerm>): RecordQuery {
  const { facility } = request.dimensions;
  const month = (day: number): string => dayText(day).slice(0, 7);
  const names = ["result_id", "fixmedins_code", "insurance", "settled_month", "cases"];
  const amounts = ["fee_for_service_amount", "dip_amount", "deposit_rate"];
  return {
    kind: "dip_result",
    columns: [...[...names, ...amounts].map(column), ...PLACE],
    from: "dip_result b",
    where: [
      `b.settled_month BETWEEN '${month(request.period.startDay)}' AND '${month(request.period.endDay)}'`,
      ...(request.insurance === "all" ? [] : [`b.insurance = ${quoteText(request.insurance)}`]),
      ...(facility === undefined ? [] : [`b.fixmedins_code = ${quoteText(facility)}`]),
    ],
    terms: termsOf(indicator).map((t) => ({ ...t, sql: DIP_SQL[t.term] })),
    key: "result_id",
  };
}

/** What tells one enrolment row from another, in the order of the row values below. */
const ENROLMENT_KEY = ["as_of", "admdvs", "insurance", "group", "sex"] as const;

/** Enrolment rows of the period's year, of which some stand behind a head count. */
export const enrolmentRowsSql = (request: Request): string => {
  const names = [...ENROLMENT_KEY, "persons", "paid_persons", "target_persons"];
  return `SELECT ${names.map((n) => `b."${n}"`).join(", ")} FROM enrolment b
WHERE b.as_of BETWEEN DATE '${yearOf(request)}-01-01' AND DATE '${dayText(request.period.endDay)}'`;
};

/** Insurances that have enrolment rows at all. */
export const REPORTED_INSURANCES = "SELECT DISTINCT insurance FROM enrolment ORDER BY insurance";

/** Enrolment rows told by their keys (values of ENROLMENT_KEY). */
export function enrolmentQuery(
  keys: readonly (readonly string[])[],
  terms: readonly SignedTerm<EnrolmentTerm | "enrolled">[],
): RecordQuery {
  const names = [...ENROLMENT_KEY, "persons", "paid_persons", "target_persons"];
  const rows = keys.map(([day, ...rest]) => `(DATE ${quoteText(day!)}, ${rest.map(quoteText).join(", ")})`);
  return {
    kind: "enrolment",
    columns: [...names.map(column), ...PLACE],
    from: "enrolment b",
    where: [
      rows.length === 0
        ? "false"
        : `(${ENROLMENT_KEY.map((n) => `b."${n}"`).join(", ")}) IN (${rows.join(", ")})`,
    ],
    terms: terms.map((t) => ({ ...t, sql: t.term === "enrolled" ? "b.persons" : `b.${t.term}` })),
    key: 'as_of, admdvs, insurance, "group", sex',
  };
}

export const enrolmentTerms = (indicator: GivenIndicator<EnrolmentTerm>): SignedTerm<EnrolmentTerm>[] =>
  termsOf(indicator);

/** A map as the detail file holds it: by key. */
function mapSql(values: Readonly<Record<string, string>>): string {
  const entries = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0
    ? "map([]::VARCHAR[], []::VARCHAR[])"
    : `MAP {${entries.map(([k, v]) => `${quoteText(k)}: ${quoteText(v)}`).join(", ")}}`;
}

/**
 * Facts that state one figure: the one written last stands, the others are shown beside it with nothing to
 * add. A fact's district is its `admdvs` where that is not the jurisdiction's own, else what its dimensions say.
 */
export function factQuery(request: Request, indicator: GivenIndicator<"value">, own: string): RecordQuery {
  const { district, ...named } = request.dimensions;
  const wanted: Record<string, string> = { ...named, ...request.other };
  if (request.insurance !== "all") wanted.insurance = request.insurance;
  const held = "coalesce(b.dimensions, map([]::VARCHAR[], []::VARCHAR[]))";
  const plain = `${held} = ${mapSql(wanted)}`;
  const withDistrict = `${held} = ${mapSql({ ...wanted, district: district ?? "" })}`;
  const names = ["fact_id", "indicator", "period", "admdvs", "dimensions", "value", "unit", "reported_by"];
  const where = [
    `b.indicator = ${quoteText(indicator.name)}`,
    `b.period = ${quoteText(request.period.id)}`,
    district === undefined
      ? `b.admdvs = ${quoteText(own)} AND ${plain}`
      : `(b.admdvs = ${quoteText(own)} AND ${withDistrict} OR b.admdvs <> ${quoteText(own)}
        AND b.admdvs = ${quoteText(district)} AND (${plain} OR ${withDistrict}))`,
  ];
  return {
    kind: "reported_fact",
    columns: [...[...names, "updt_time"].map(column), ...PLACE],
    from: `(SELECT *, row_number() OVER (ORDER BY updt_time DESC, fact_id DESC) = 1 AS stands
    FROM reported_fact b WHERE ${where.join("\n      AND ")}) b`,
    where: [],
    terms: [{ side: "numerator", sign: "+", term: "value", sql: "CASE WHEN b.stands THEN b.value END" }],
    key: "updt_time DESC, fact_id DESC",
  };
}

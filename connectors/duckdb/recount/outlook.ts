import type { DuckDBConnection } from "@duckdb/node-api";
import { Decimal } from "decimal.js";
import { addDifferences } from "./difference.js";

const Exact = Decimal.clone({ precision: 80, rounding: Decimal.ROUND_HALF_UP });
type Exact = InstanceType<typeof Exact>;

/** Amounts of a bill, and the fund that each comes out of. */
const FUND_OF_PAID = [
  [
    "pool_paid",
    "CASE insurance WHEN 'employee' THEN 'employee_pool' WHEN 'resident' THEN 'resident' ELSE insurance END",
  ],
  ["account_paid", "'employee_account'"],
  ["civil_servant_paid", "'civil_servant'"],
  ["large_paid", "'large_amount'"],
  ["critical_paid", "'critical_illness'"],
  ["aid_paid", "'aid'"],
] as const;

/** Settled by fund and day: filled month by month from the settlements, beside the cells. */
export const FUND_DAY = `CREATE TABLE fund_day (day DATE, insurance VARCHAR, ${FUND_OF_PAID.map(
  ([paid]) => `${paid} BIGINT`,
).join(", ")})`;
export const countFundDays = `INSERT INTO fund_day
  SELECT c.day, d.insurance, ${FUND_OF_PAID.map(([paid]) => `sum(c.${paid})::BIGINT`).join(", ")}
  FROM month_cell c JOIN dimension d ON d.rowid = c.dim WHERE d.own_fund GROUP BY ALL`;

/** Running sums of each fund by day of each year, in fen. */
const CURVES = `WITH paid AS (
    SELECT day, p.fund AS fund, p.fen AS fen FROM (SELECT day, unnest([${FUND_OF_PAID.map(
      ([paid, fund]) => `{fund: ${fund}, fen: ${paid}}`,
    ).join(", ")}]) AS p FROM fund_day) WHERE p.fund IS NOT NULL),
  ends AS (SELECT max(last) AS day FROM extent),
  days AS (SELECT unnest(generate_series(make_date(min(year(first)), 1, 1), make_date(max(year(last)), 12, 31), INTERVAL 1 DAY))::DATE AS day FROM extent),
  funds AS (SELECT DISTINCT fund FROM paid WHERE fen <> 0),
  summed AS (SELECT day, fund, sum(fen) AS fen FROM paid GROUP BY ALL)
  SELECT f.fund, year(d.day)::INTEGER, strftime(d.day, '%Y-%m-%d'), coalesce(s.fen, 0)::VARCHAR,
    sum(coalesce(s.fen, 0)) OVER (PARTITION BY f.fund, year(d.day) ORDER BY d.day)::VARCHAR
  FROM funds f CROSS JOIN days d LEFT JOIN summed s ON s.fund = f.fund AND s.day = d.day
  ORDER BY f.fund, d.day`;

const FACTS = `SELECT strftime(max(last), '%Y-%m-%d'), strftime(min(first), '%Y-%m-%d') FROM extent`;
const WHOLE_YEARS = `SELECT month // 12 AS y FROM (SELECT DISTINCT month FROM cell WHERE settlements > 0)
  GROUP BY y HAVING count(*) = 12 ORDER BY y`;
const BUDGETS = `SELECT fund, sum(amount)::VARCHAR FROM fund_entry
  WHERE kind = 'budget_expense' AND year(book_date) = (SELECT year(max(last)) FROM extent) GROUP BY fund`;
const PUBLISHED = `SELECT fund, spent::VARCHAR, budget::VARCHAR, pace::VARCHAR, projected::VARCHAR, low::VARCHAR, high::VARCHAR,
  strftime(exhausted_on, '%Y-%m-%d'), method FROM published.fund_outlook`;
const COLUMNS = ["spent", "budget", "pace", "projected", "low", "high", "exhausted_on", "method"] as const;

interface Curve {
  readonly days: string[];
  readonly fen: Exact[];
  readonly sums: Exact[];
}

/**
 * Works out `fund_outlook` again, from settled days counted from the settlements and in decimals instead of
 * fractions, and holds it against what is published. Needs table `fund_entry` (see compareFunds). Returns how
 * many figures were compared.
 */
export async function compareOutlook(connection: DuckDBConnection): Promise<number> {
  const rows = async <T>(sql: string): Promise<T[]> =>
    (await connection.runAndReadAll(sql)).getRows() as unknown as T[];
  const [[asOf, first] = [null, null]] = await rows<[string | null, string | null]>(FACTS);
  if (asOf === null || first === null) return 0;
  const published = new Map(
    (await rows<(string | null)[]>(PUBLISHED)).map(([fund, ...values]) => [fund!, values]),
  );
  const year = Number(asOf.slice(0, 4));
  const whole = (await rows<[number]>(WHOLE_YEARS)).map(([y]) => Number(y)).filter((y) => y < year);
  const budgets = new Map(await rows<[string, string]>(BUDGETS));
  const curves = new Map<string, Map<number, Curve>>();
  for (const [fund, y, day, fen, sum] of await rows<[string, number, string, string, string]>(CURVES)) {
    const years = curves.get(fund) ?? new Map<number, Curve>();
    curves.set(fund, years);
    const curve = years.get(y) ?? { days: [], fen: [], sums: [] };
    years.set(y, curve);
    curve.days.push(day);
    curve.fen.push(new Exact(fen));
    curve.sums.push(new Exact(sum));
  }
  const expected = new Map<string, (string | null)[]>();
  for (const fund of new Set([...curves.keys(), ...budgets.keys()])) {
    const found = outlookOf(
      curves.get(fund) ?? new Map(),
      { asOf, first, year, whole },
      budgets.get(fund) ?? null,
    );
    if (found !== null) expected.set(fund, found);
  }
  // Without a day grouping that tells what a day cost nothing is published.
  if (published.size === 0) return 0;
  const differing: Parameters<typeof addDifferences>[1][number][] = [];
  for (const fund of new Set([...published.keys(), ...expected.keys()])) {
    COLUMNS.forEach((column, i) => {
      const [was, is] = [published.get(fund)?.[i] ?? null, expected.get(fund)?.[i] ?? null];
      if (was !== is)
        differing.push({
          ...{ period: String(year), fund, indicator: `fund_outlook.${column}` },
          ...{ published: was, recounted: is },
        });
    });
  }
  await addDifferences(connection, differing);
  return expected.size * COLUMNS.length;
}

interface Span {
  readonly asOf: string;
  readonly first: string;
  readonly year: number;
  readonly whole: readonly number[];
}

/** The values of COLUMNS as they are published; null where the fund has no row. */
function outlookOf(
  years: ReadonlyMap<number, Curve>,
  span: Span,
  budget: string | null,
): (string | null)[] | null {
  const days = daysOf(span.year);
  const place = days.indexOf(span.asOf);
  const now = years.get(span.year);
  const spent = now?.sums[place] ?? new Exact(0);
  if (spent.isZero() && budget === null) return null;
  const earlier = span.whole
    .map((y) => years.get(y))
    .filter(
      (c): c is Curve => c !== undefined && c.sums[c.sums.length - 1]!.gt(0) && share(c, span.asOf).gt(0),
    );
  const paceOn = (day: string): Exact =>
    earlier.length === 0
      ? new Exact(days.indexOf(day) + 1).div(days.length)
      : earlier
          .map((c) => share(c, day))
          .reduce((a, b) => a.plus(b))
          .div(earlier.length);
  const pace = paceOn(span.asOf);
  const projected = spent.div(pace);
  const all = [...years.values()].flatMap((c) => c.days.map((day, i) => [day, c.fen[i]!] as const));
  const from = all.findIndex(([day]) => day >= span.first);
  const until = all.findIndex(([day]) => day === span.asOf);
  const recent = until < 0 ? [] : all.slice(Math.max(0, from, until - 27), until + 1);
  const rate = recent.reduce((sum, [, fen]) => sum.plus(fen), new Exact(0));
  const carried = spent.plus(rate.times(days.length - 1 - place).div(Math.max(1, recent.length)));
  const candidates = [projected, carried, ...earlier.map((c) => spent.div(share(c, span.asOf)))];
  const goal = budget === null ? null : new Exact(budget).times(100);
  const exhausted =
    goal === null
      ? undefined
      : days.find((day, i) =>
          (i <= place ? (now?.sums[i] ?? new Exact(0)) : projected.times(paceOn(day))).gte(goal),
        );
  const yuan = (fen: Exact): string => fen.div(100).toDecimalPlaces(2).toFixed(2);
  return [
    yuan(spent),
    goal === null ? null : yuan(goal),
    pace.toDecimalPlaces(6).toFixed(6),
    yuan(projected),
    yuan(Exact.min(...candidates)),
    yuan(Exact.max(...candidates)),
    exhausted ?? null,
    earlier.length === 0 ? "straight_line" : "earlier_years",
  ];
}

/** Share of an earlier year that was spent by the same month and day; 29 February reads the 28th there. */
function share(curve: Curve, day: string): Exact {
  const year = curve.days[0]!.slice(0, 4);
  const same = curve.days.indexOf(`${year}${day.slice(4)}`);
  const at = same < 0 ? curve.days.indexOf(`${year}-02-28`) : same;
  return curve.sums[at]!.div(curve.sums[curve.sums.length - 1]!);
}

function daysOf(year: number): string[] {
  const days: string[] = [];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

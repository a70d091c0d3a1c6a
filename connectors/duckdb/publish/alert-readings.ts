import type { DuckDBConnection } from "@duckdb/node-api";
import type { Question, Reading } from "../../../aggregations/alerts/readings.js";
import { type Jurisdiction, liesIn } from "../../../aggregations/dimensions/region.js";
import { over, parseDecimal, type Rational } from "../../../aggregations/rational.js";
import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { INDICATORS, type Indicator, microsPerUnit } from "../../../schemas/indicators.js";
import { isOneOf, quoteText } from "../../../schemas/published/definition.js";
import { termColumn } from "../views/cell.js";
import { readWatch } from "./alert-watches.js";

/** Name of a question's subject column, its value as text. */
const subjectOf = (each: string | null): string => (each === null ? "''" : `c.${each}`);

const BY_NAME = new Map(INDICATORS.map((i) => [i.name, i]));

/**
 * What each of the questions finds in the tables at hand. Runs inside the publish, before it is committed;
 * questions about the same rows are asked at once.
 */
export async function readQuestions(
  connection: DuckDBConnection,
  questions: readonly Question[],
  jurisdiction: Jurisdiction,
): Promise<Reading[][]> {
  const found = new Map<Question, Reading[]>();
  for (const alike of byScope(questions)) {
    const [{ source }] = alike;
    if (source === "watch") {
      for (const question of alike) found.set(question, await readWatch(connection, question));
      continue;
    }
    const names = [...new Set(alike.flatMap((q) => [q.rule.indicator, ...Object.keys(q.rule.atLeast)]))];
    const rows =
      source === "settled"
        ? await readSettled(connection, alike[0], names, jurisdiction)
        : await readGiven(connection, alike[0], names);
    for (const question of alike)
      found.set(
        question,
        rows.flatMap((row) => picked(row, question)),
      );
  }
  return questions.map((question) => found.get(question)!);
}

function byScope(questions: readonly Question[]): Question[][] {
  const scopes = new Map<string, Question[]>();
  for (const question of questions) {
    const { source, period, insurance, grouping, fixed, each } = question;
    const key = JSON.stringify([source, period, insurance, grouping, Object.entries(fixed).sort(), each]);
    const list = scopes.get(key);
    if (list) list.push(question);
    else scopes.set(key, [question]);
  }
  return [...scopes.values()];
}

/** All that was asked about one subject. */
interface SubjectRow extends Omit<Reading, "value" | "previous" | "amounts"> {
  readonly figures: ReadonlyMap<string, Pick<Reading, "value" | "previous">>;
}

function picked({ figures, ...about }: SubjectRow, { rule }: Question): Reading[] {
  const figure = figures.get(rule.indicator);
  if (figure === undefined) return [];
  const amounts = Object.fromEntries(
    Object.keys(rule.atLeast).map((name) => [name, figures.get(name)?.value ?? null]),
  );
  return [{ ...about, ...figure, amounts }];
}

const where = ({ period, insurance, grouping, fixed }: Question): string =>
  [
    `c.period = ${quoteText(period!)}`,
    `c."grouping" = ${quoteText(grouping!)}`,
    `c.insurance = ${quoteText(insurance!)}`,
    ...Object.entries(fixed).map(([dimension, value]) => `c.${dimension} = ${quoteText(value)}`),
  ].join(" AND ");

/** Whole numbers that an indicator is made of: [numerator, denominator], of this period and of last year's. */
const termsOf = (indicator: Indicator): string[] =>
  [false, true].flatMap((previous) => [
    termColumn(indicator.numerator, previous),
    indicator.denominator === null ? "1" : termColumn(indicator.denominator, previous),
  ]);

const rational = (text: string | null): Rational | null =>
  text === null ? null : { n: BigInt(text), d: 1n };

/** The exact figure of two whole numbers: fen are yuan where the indicator's unit is. */
function quotient(indicator: Indicator, num: string | null, den: string | null): Rational | null {
  const value = over(rational(num), rational(den));
  return value === null ? null : { n: value.n * BigInt(microsPerUnit(indicator)), d: value.d * 1_000_000n };
}

async function readSettled(
  connection: DuckDBConnection,
  question: Question,
  names: readonly string[],
  jurisdiction: Jurisdiction,
): Promise<SubjectRow[]> {
  const { each } = question;
  const indicators = names.map((name) => BY_NAME.get(name)!);
  const terms = [...new Set(indicators.flatMap(termsOf))];
  const facility =
    each === "facility"
      ? `c.facility_name, d.tier || ' ' || coalesce(d.kind, ''), d.admdvs`
      : "NULL, NULL, NULL";
  const join =
    each === "facility"
      ? `LEFT JOIN (SELECT facility, tier, kind, admdvs FROM dim_facility QUALIFY row_number() OVER
          (PARTITION BY facility ORDER BY valid_from DESC NULLS LAST, valid_to DESC NULLS FIRST) = 1) d
          ON d.facility = c.facility`
      : "";
  const result = await connection.runAndReadAll(
    `SELECT ${subjectOf(each)}, ${facility}, ${terms.map((t) => `(${t})::VARCHAR`).join(", ")}
    FROM store.cell c ${join} WHERE ${where(question)} ORDER BY 1`,
  );
  return (result.getRows() as (string | null)[][]).map(([subject, name, peers, admdvs, ...numbers]) => {
    const of = new Map(terms.map((term, i) => [term, numbers[i]]));
    const figures = indicators.map((indicator) => {
      const [num, den, pnum, pden] = termsOf(indicator).map((term) => of.get(term) ?? null);
      return [
        indicator.name,
        { value: quotient(indicator, num, den), previous: quotient(indicator, pnum, pden) },
      ] as const;
    });
    return {
      subject: subject ?? "",
      name,
      figures: new Map(figures),
      ...(peers === null ? {} : { peers, local: admdvs !== null && liesIn(admdvs, jurisdiction) }),
    };
  });
}

async function readGiven(
  connection: DuckDBConnection,
  question: Question,
  names: readonly string[],
): Promise<SubjectRow[]> {
  const { each, fixed } = question;
  const unset = DIMENSIONS.filter((d) => d !== each && !(d in fixed)).map((d) => `c.${d} IS NULL`);
  const result = await connection.runAndReadAll(
    `SELECT ${subjectOf(each)}, n.name, c.indicator, c.value::VARCHAR, c.previous::VARCHAR
    FROM store.figure c LEFT JOIN store.facility_name n ON n.facility = c.facility
    WHERE ${isOneOf("c.indicator", names)} AND c.other IS NULL AND ${where(question)}
      AND ${unset.join(" AND ")} ORDER BY 1`,
  );
  const decimal = (text: string | null): Rational | null => (text === null ? null : parseDecimal(text));
  const rows = new Map<
    string,
    { name: string | null; figures: Map<string, Pick<Reading, "value" | "previous">> }
  >();
  for (const [subject, name, indicator, value, previous] of result.getRows() as (string | null)[][]) {
    const row = rows.get(subject ?? "") ?? { name, figures: new Map() };
    rows.set(subject ?? "", row);
    row.figures.set(indicator!, { value: decimal(value), previous: decimal(previous) });
  }
  return [...rows].map(([subject, row]) => ({ subject, ...row }));
}

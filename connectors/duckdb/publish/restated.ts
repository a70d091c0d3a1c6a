import type { DuckDBConnection } from "@duckdb/node-api";
import { dayText, monthStart, parsePeriod } from "../../../aggregations/calendar.js";
import { isOneOf } from "../../../schemas/published/definition.js";
import type { PublishInput } from "../../ports/publisher.js";
import { restatedCauses, restatedFigures, restatedSettlements } from "../views/restated.js";
import type { PublishPlan } from "./plan.js";

/** Closed periods whose restatements a publish may have changed: of settlements, and of figures that are given. */
interface Touched {
  readonly settled: readonly string[];
  readonly given: readonly string[];
}

/** What the stored rows of each table follow from; in this order, for the figures ask for the causes. */
const SETTLED = { restated_cause: restatedCauses, restated: restatedSettlements };
const GIVEN = { restated_figure: restatedFigures };

/** Writes tables of restatements of schema `at` anew, of some periods or of all, from what stands in the database in use. */
const writtenAnew = (
  at: string,
  tables: Readonly<Record<string, typeof restatedCauses>>,
  periods: readonly string[] | null,
): string[] =>
  Object.entries(tables).flatMap(([table, rows]) => [
    `DELETE FROM ${at}.${table} WHERE ${periods === null ? "true" : isOneOf("period", periods)}`,
    `INSERT INTO ${at}.${table} ${rows(periods)}`,
  ]);

/** Writes all restatements of database `into` anew from what stands in the database in use. */
export const restatedAgain = (into: string): string =>
  writtenAnew(`${into}.store`, { ...SETTLED, ...GIVEN }, null).join(";\n");

/**
 * Works out anew what is not as it was reported, of the closed periods that this publish touched. Runs inside the
 * caller's transaction, after everything that it follows from.
 */
export async function refreshRestated(
  connection: DuckDBConnection,
  input: PublishInput,
  plan: Pick<PublishPlan, "refreshed" | "removed">,
): Promise<void> {
  const found = await connection.runAndReadAll("SELECT period FROM store.closed");
  const closed = found.getRows().map(([period]) => String(period));
  if (closed.length === 0) return;
  const { settled, given } = touched(closed, input, plan);
  const statements = [
    ...(settled.length > 0 ? writtenAnew("store", SETTLED, settled) : []),
    ...(given.length > 0 ? writtenAnew("store", GIVEN, given) : []),
  ];
  if (statements.length > 0) await connection.run(statements.join(";\n"));
}

function touched(
  closed: readonly string[],
  input: PublishInput,
  { refreshed, removed }: Pick<PublishPlan, "refreshed" | "removed">,
): Touched {
  const changes = (input.changes ?? []).map(({ change }) =>
    change.kind === "settlement"
      ? { from: dayText(monthStart(change.month)), to: dayText(monthStart(change.month)), rates: true }
      : { from: change.affected.from, to: change.affected.to, rates: change.stream === "enrolment" },
  );
  const spans = [...new Map(changes.map((c) => [JSON.stringify(c), c])).values()];
  const fresh = new Set([...(input.closed ?? []).map((c) => c.period), ...removed]);
  const figures = input.figures && (input.figurePeriods ? new Set(input.figurePeriods) : "all");
  const written = (id: string): boolean =>
    input.full === true || fresh.has(id) || figures === "all" || figures?.has(id) === true;
  const settled: string[] = [];
  const given: string[] = [];
  for (const id of closed) {
    const { startDay, endDay } = parsePeriod(id)!;
    const [first, last] = [dayText(startDay), dayText(endDay)];
    const within = spans.some((s) => s.rates && s.from <= last && s.to >= first);
    if (written(id) || refreshed.has(id) || within) settled.push(id);
    // A balance follows from all of its year so far.
    const before = spans.some((s) => s.from <= last && s.to.slice(0, 4) === last.slice(0, 4));
    if (written(id) || before) given.push(id);
  }
  return { settled, given };
}

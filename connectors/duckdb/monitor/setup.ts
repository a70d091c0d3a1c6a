import type { OpenFile } from "./open-file.js";

/** What a bureau sets up bit by bit, and what views say is not there yet. */
export const SETUP_PARTS = [
  "settlements",
  "last_year",
  "facilities",
  "divisions",
  "enrolment",
  "budgets",
  "books",
  "opening_balances",
  "dip",
] as const;
export type SetupPart = (typeof SETUP_PARTS)[number];

const given = (indicator: string): string =>
  `EXISTS (SELECT 1 FROM store.figure WHERE indicator = '${indicator}' AND value <> 0)`;

const SQL = `SELECT EXISTS (SELECT 1 FROM store.fact WHERE present) AS settlements,
  EXISTS (SELECT 1 FROM store.period WHERE shown AND previous_known) AS last_year,
  EXISTS (SELECT 1 FROM dim_facility) AS facilities, EXISTS (SELECT 1 FROM dim_division) AS divisions,
  ${given("enrolled")} AS enrolment, ${given("budget_expense")} AS budgets,
  (${given("income")} OR ${given("expense")}) AS books, ${given("balance_cumulative")} AS opening_balances,
  ${given("dip_cases")} AS dip`;

/** What nothing has come of so far. */
export async function missingOf(file: OpenFile): Promise<SetupPart[]> {
  const [row] = await file.rows(SQL);
  return SETUP_PARTS.filter((part) => row?.[part] !== true);
}

/** Facilities whose data have stopped, each with its latest settlement. */
export async function laggingOf(file: OpenFile): Promise<Record<string, string>> {
  const rows = await file.rows(
    `SELECT facility, latest::DATE::VARCHAR AS latest FROM store.facility_arrival WHERE standing IN ('lagging', 'gone')
     ORDER BY facility`,
  );
  return Object.fromEntries(rows.map((r) => [String(r.facility), String(r.latest ?? "")]));
}

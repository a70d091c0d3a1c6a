import type { DuckDBConnection } from "@duckdb/node-api";
import { SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { quoteText } from "../../../schemas/published/definition.js";

/** One figure that differs; exact decimal texts, null where there is none. */
export interface FigureDifference {
  readonly period: string;
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly indicator: string;
  readonly published: string | null;
  readonly recounted: string | null;
}

/** The table that every comparison adds its differences to: one row a figure. */
export const DIFFERENCE_TABLE = `CREATE TABLE difference (period VARCHAR, insurance VARCHAR, "grouping" VARCHAR,
  ${SETTLEMENT_DIMENSIONS.map((d) => `${d} VARCHAR`).join(", ")}, fund VARCHAR, subject VARCHAR, person_group VARCHAR, sex VARCHAR,
  indicator VARCHAR, published VARCHAR, recounted VARCHAR)`;
/** Dimensions of the table above. */
export const DIFFERENCE_DIMENSIONS = [
  ...SETTLEMENT_DIMENSIONS,
  "fund",
  "subject",
  "person_group",
  "sex",
] as const;

/** Adds what differs and is no sum of settlements: of which period and fund, under which name, and both values. */
export async function addDifferences(
  connection: DuckDBConnection,
  list: readonly (Pick<FigureDifference, "indicator" | "published" | "recounted"> & {
    readonly period?: string;
    readonly fund?: string;
  })[],
): Promise<void> {
  if (list.length === 0) return;
  const text = (value: string | null | undefined): string => (value == null ? "NULL" : quoteText(value));
  const rows = list.map(({ period, fund, indicator, published, recounted }) =>
    [period ?? "all", "all", fund === undefined ? "total" : "fund", fund, indicator, published, recounted]
      .map(text)
      .join(", "),
  );
  await connection.run(`INSERT INTO difference (period, insurance, "grouping", fund, indicator, published, recounted)
    VALUES ${rows.map((row) => `(${row})`).join(", ")}`);
}

import { SETTLEMENT_DIMENSIONS, type SettlementDimension } from "../../../schemas/dimensions.js";
import { isOneOf } from "../../../schemas/published/definition.js";
import type { Reader } from "./figures.js";

/** Numbers of a public row: visits, people, days, and money in fen. */
export const EDITION_MEASURES = [
  ...["visits", "persons", "bed_days", "fee", "in_scope_fee", "pool_paid", "reimbursed", "benefit_paid"],
] as const;

/** A row that a public edition may have. */
export interface EditionCell {
  readonly grouping: string;
  readonly insurance: string;
  readonly care: string | null;
  /** The dimension besides the care, and its value. */
  readonly dimension: SettlementDimension | null;
  readonly value: string | null;
  readonly numbers: Readonly<Record<string, bigint | null>>;
}

/** Dimensions that cut a care into parts which add up to it, with people of the jurisdiction alone. */
const PARTS: readonly SettlementDimension[] = [
  "category",
  "region",
  "tier",
  "ownership",
  "district",
  "channel",
  "facility",
];

/** Cells of the period that is held: the total, each care, and each care by one dimension. */
export async function readEditionCells(reader: Reader, held: string): Promise<EditionCell[]> {
  const groupings = ["total", "care", ...PARTS.map((d) => `care+${d}`)];
  const { rows } = await reader.query(
    `SELECT c."grouping", c.insurance, ${SETTLEMENT_DIMENSIONS.map((d) => `c.${d}`).join(", ")},
       ${EDITION_MEASURES.map((m) => `c.${m}`).join(", ")}
     FROM ${held} c WHERE ${isOneOf(`c."grouping"`, groupings)}
       AND (c."grouping" <> 'care+category' OR c.category IN (SELECT o.category FROM store.category_order o
         WHERE o.insurance = c.insurance AND o.parent IS NULL))
       AND (c.insurance <> 'all' OR c."grouping" = 'total')
     ORDER BY ALL`,
  );
  const from = 2 + SETTLEMENT_DIMENSIONS.length;
  return rows.map((row) => {
    const grouping = String(row[0]);
    const dimension = PARTS.find((d) => grouping === `care+${d}`) ?? null;
    const at = (d: SettlementDimension): string | null => {
      const v = row[2 + SETTLEMENT_DIMENSIONS.indexOf(d)];
      return v === null || v === undefined ? null : String(v);
    };
    return {
      grouping,
      insurance: String(row[1]),
      care: at("care"),
      dimension,
      value: dimension === null ? null : at(dimension),
      numbers: Object.fromEntries(
        EDITION_MEASURES.map((m, i) => {
          const v = row[from + i];
          return [m, v === null || v === undefined ? null : BigInt(String(v))];
        }),
      ),
    };
  });
}

import type { Cell, GivenRow } from "../../../connectors/duckdb/reports/figures.js";
import type { Edition, PublicRow } from "./edition.js";

/** Groupings of the books and of enrolment that tell of no single facility or group of few people. */
const GIVEN_GROUPINGS: readonly string[] = ["total", "person_group", "fund", "subject", "fund+subject"];

/** What a public report may say: the rows of the edition, and given figures of the whole. No comparison to last year. */
export interface PublicSource {
  readonly cells: ReadonlyMap<string, readonly Cell[]>;
  given(rows: readonly GivenRow[]): GivenRow[];
}

export function publicSource(edition: Edition): PublicSource {
  const cells = new Map<string, Cell[]>();
  for (const row of edition.rows) {
    const grouping =
      row.dimension === null ? (row.care === null ? "total" : "care") : `care+${row.dimension}`;
    cells.set(grouping, [...(cells.get(grouping) ?? []), cellOf(row)]);
  }
  return {
    cells,
    given: (rows) =>
      rows
        .filter((r) => GIVEN_GROUPINGS.includes(r.grouping) && Object.keys(r.other).length === 0)
        .filter(
          (r) =>
            !["visit", "person"].includes(r.unit) ||
            Number(r.value) >= edition.smallCell ||
            Number(r.value) === 0,
        )
        .map((r) => ({ ...r, previous: null })),
  };
}

function cellOf({ insurance, care, dimension, value, numbers }: PublicRow): Cell {
  const whole = (text: string | null | undefined): bigint | null =>
    text === null || text === undefined ? null : BigInt(text.replace(".", ""));
  const now = Object.fromEntries(
    ["visits", "persons", "bed_days", "fee", "in_scope_fee", "pool_paid", "reimbursed", "benefit_paid"].map(
      (m) => [m, numbers === null ? null : whole(numbers[m])],
    ),
  );
  return {
    insurance,
    dimensions: {
      ...(care === null ? {} : { care }),
      ...(dimension === null ? {} : { [dimension]: value ?? "" }),
    },
    now,
    before: {},
  };
}

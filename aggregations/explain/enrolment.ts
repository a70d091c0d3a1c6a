import { ALL_INSURANCES, type Dimension } from "../../schemas/dimensions.js";
import type { DayNumber } from "../../schemas/units.js";
import type { Jurisdiction } from "../region.js";
import { type Cells, DISJOINT, derive, type EnrolmentRow, put } from "../streams/enrolment.js";
import { type Enrolled, sumOf } from "../streams/whole.js";

/** An enrolment row with the key that it is found again by. */
export interface KeyedRow extends EnrolmentRow {
  readonly insurance: string;
  readonly key: string;
}

/** Which head count is asked for. */
export interface EnrolmentGroup {
  readonly insurance: string;
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  /** Last day of the period. */
  readonly endDay: DayNumber;
}

/**
 * What a head count is made of: the rows that stand at the period's end and belong to it, `rows` being their
 * keys. Null when there is none.
 * @param rows those of the period's year, in any order
 */
export function enrolmentBehind(
  rows: readonly KeyedRow[],
  jurisdiction: Pick<Jurisdiction, "admdvs" | "level">,
  group: EnrolmentGroup,
): Enrolled | null {
  const wanted = JSON.stringify(group.dimensions);
  const insurances = new Set(rows.map((row) => row.insurance));
  const parts: (Enrolled | null)[] = [];
  for (const insurance of insurances) {
    const counts =
      insurance === group.insurance || (group.insurance === ALL_INSURANCES && DISJOINT.includes(insurance));
    if (!counts) continue;
    const cells: Cells = new Map();
    const known = rows.filter((row) => row.insurance === insurance && row.day <= group.endDay);
    known.sort((a, b) => a.day - b.day);
    for (const row of known) put(cells, { ...row, enrolled: { ...row.enrolled, rows: [row.key] } });
    for (const [dimensions, enrolled] of derive(cells, jurisdiction)) {
      if (JSON.stringify(dimensions) === wanted) parts.push(enrolled);
    }
  }
  return sumOf(parts);
}

import { ALL_INSURANCES, type Dimension } from "../../schemas/dimensions.js";
import type { DayNumber } from "../../schemas/units.js";
import type { Jurisdiction } from "../dimensions/region.js";
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
 * keys. Null when there is none, or when all insurances are asked for and one that is reported is unknown.
 * @param rows those of the period's year, in any order
 * @param reported insurances that have enrolment rows in any year
 */
export function enrolmentBehind(
  rows: readonly KeyedRow[],
  jurisdiction: Pick<Jurisdiction, "admdvs" | "level">,
  group: EnrolmentGroup,
  reported: readonly string[],
): Enrolled | null {
  const wanted = JSON.stringify(group.dimensions);
  const known = rows.filter((row) => row.day <= group.endDay).sort((a, b) => a.day - b.day);
  const of = (insurance: string): Enrolled | null => {
    const cells: Cells = new Map();
    for (const row of known) {
      if (row.insurance !== insurance) continue;
      put(cells, { ...row, enrolled: { ...row.enrolled, rows: [row.key] } });
    }
    for (const [dimensions, enrolled] of derive(cells, jurisdiction)) {
      if (JSON.stringify(dimensions) === wanted && enrolled !== null) return enrolled;
    }
    return null;
  };
  if (group.insurance !== ALL_INSURANCES) return of(group.insurance);
  const parts = DISJOINT.map(of).filter((part) => part !== null);
  const needed =
    group.dimensions.person_group === undefined ? DISJOINT.filter((d) => reported.includes(d)) : [];
  return parts.length > 0 && parts.length >= needed.length ? sumOf(parts) : of(ALL_INSURANCES);
}

import { ALL_INSURANCES, type Dimension } from "../../schemas/dimensions.js";
import type { Figure } from "../../schemas/figure.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { DayNumber } from "../../schemas/units.js";
import { civil, monthEnd, monthNumber } from "../calendar.js";
import type { Jurisdiction } from "../dimensions/region.js";
import { over, whole } from "../rational.js";
import { ALL, normaliseRecord, numberOf, textOf } from "./record.js";
import {
  type DataWindow,
  type Indicator,
  SeriesMap,
  type Span,
  seriesFigures,
  windowWith,
} from "./series.js";
import {
  type Enrolled,
  groupOfJurisdiction,
  ofDivision,
  ofGroup,
  ofJurisdiction,
  sexOfJurisdiction,
  sumOf,
} from "./whole.js";

/** Where a period ends, at the end of each month of one year; null where nothing is known yet. */
type Year = (Enrolled | null)[];

const at = (year: Year, span: Span): Enrolled | null => year[span.to];
const count = (n: number | null | undefined) => (n === null || n === undefined ? null : whole(n));

/** A head count is no flow: where nothing was reported it is unknown, not 0. */
const INDICATORS: readonly Indicator<Year>[] = [
  {
    name: "enrolled",
    unit: "person",
    places: 0,
    additive: false,
    value: (y, s) => count(at(y, s)?.persons),
  },
  {
    name: "enrolled_paid",
    unit: "person",
    places: 0,
    additive: false,
    value: (y, s) => count(at(y, s)?.paid),
  },
  {
    name: "enrolment_progress",
    unit: "fraction",
    places: 6,
    additive: false,
    value: (y, s) => over(count(at(y, s)?.paid), count(at(y, s)?.target)),
  },
];

/** Insurances whose people together are `all`; maternity covers the same people again. */
export const DISJOINT: readonly string[] = ["employee", "resident"];

export interface EnrolmentRow {
  readonly day: DayNumber;
  readonly admdvs: string;
  readonly group: string;
  readonly sex: string;
  readonly enrolled: Enrolled;
}

export type Cells = Map<string, Map<string, Map<string, Enrolled>>>;

/**
 * Figures of enrolment (docs/specification.md#enrolment-figures): total, district, person_group,
 * person_group+sex and district+person_group. A row's figure at a period's end is that of its latest `as_of`
 * in the same year. `district` rows are the divisions that have rows; the own division is one of them only
 * in a county, elsewhere its rows speak of the whole jurisdiction.
 * @param records current versions of stream `enrolment`, in any order
 */
export function enrolmentFigures(
  records: Iterable<StreamRecord>,
  jurisdiction: Pick<Jurisdiction, "admdvs" | "level">,
  window: DataWindow,
): Figure[] {
  const byInsuranceYear = new Map<string, { insurance: string; year: number; rows: EnrolmentRow[] }>();
  const days: DayNumber[] = [];
  for (const raw of records) {
    const record = normaliseRecord("enrolment", raw);
    const day = numberOf(record, "as_of")!;
    const insurance = textOf(record, "insurance");
    const year = civil(day)[0];
    days.push(day);
    let part = byInsuranceYear.get(`${insurance} ${year}`);
    if (part === undefined) {
      part = { insurance, year, rows: [] };
      byInsuranceYear.set(`${insurance} ${year}`, part);
    }
    part.rows.push({
      day,
      admdvs: textOf(record, "admdvs"),
      group: textOf(record, "group"),
      sex: textOf(record, "sex"),
      enrolled: {
        persons: numberOf(record, "persons")!,
        paid: numberOf(record, "paid_persons"),
        target: numberOf(record, "target_persons"),
      },
    });
  }
  const range = windowWith(window, days);
  if (range === null) return [];

  const groups = new SeriesMap<Year>(() => new Array<Enrolled | null>(12).fill(null));
  const parts = new PartsOfAll();
  for (const { insurance, year, rows } of byInsuranceYear.values()) {
    rows.sort((a, b) => a.day - b.day);
    const cells: Cells = new Map();
    let next = 0;
    for (let month = 0; month < 12; month++) {
      const end = monthEnd(monthNumber(year, month + 1));
      while (next < rows.length && rows[next].day <= end) put(cells, rows[next++]);
      if (next === 0) continue;
      for (const [dimensions, enrolled] of derive(cells, jurisdiction)) {
        if (enrolled === null) continue;
        groups.at(insurance, dimensions, year)[month] = enrolled;
        if (DISJOINT.includes(insurance)) parts.add(dimensions, year, month, enrolled);
      }
    }
  }
  const reporting = DISJOINT.filter((d) => [...byInsuranceYear.values()].some((p) => p.insurance === d));
  parts.whole(reporting.length, (dimensions, year, month, enrolled) => {
    groups.at(ALL_INSURANCES, dimensions, year)[month] = enrolled;
  });
  return seriesFigures(groups.values(), INDICATORS, range);
}

/**
 * The figures of all insurances together. Everyone, in the jurisdiction or a district, is known only where
 * every insurance that is reported at all is known: a part would pass for the whole, and every rate over it
 * would be too high. A group of people belongs to one insurance as a rule, so it is the sum of what is there.
 */
class PartsOfAll {
  readonly #parts = new Map<
    string,
    { dimensions: Dimensions; year: number; month: number; of: Enrolled[] }
  >();

  add(dimensions: Dimensions, year: number, month: number, enrolled: Enrolled): void {
    const key = JSON.stringify([dimensions, year, month]);
    const known = this.#parts.get(key);
    if (known) known.of.push(enrolled);
    else this.#parts.set(key, { dimensions, year, month, of: [enrolled] });
  }

  /** Gives each figure; `reporting`: how many insurances are reported at all. */
  whole(
    reporting: number,
    give: (dimensions: Dimensions, year: number, month: number, enrolled: Enrolled | null) => void,
  ): void {
    for (const { dimensions, year, month, of } of this.#parts.values()) {
      if (dimensions.person_group === undefined && of.length < reporting) continue;
      give(dimensions, year, month, sumOf(of));
    }
  }
}

/** Lets a row stand for its division, group and sex, in place of an older one. */
export function put(cells: Cells, row: EnrolmentRow): void {
  const groups = cells.get(row.admdvs) ?? new Map<string, Map<string, Enrolled>>();
  cells.set(row.admdvs, groups);
  const sexes = groups.get(row.group) ?? new Map<string, Enrolled>();
  groups.set(row.group, sexes);
  sexes.set(row.sex, row.enrolled);
}

type Dimensions = Readonly<Partial<Record<Dimension, string>>>;

/** Every published group of one insurance at one date. */
export function* derive(
  cells: Cells,
  jurisdiction: Pick<Jurisdiction, "admdvs" | "level">,
): Generator<[Dimensions, Enrolled | null]> {
  const own = jurisdiction.admdvs;
  yield [{}, ofJurisdiction(cells, own)];
  const sexesOf = new Map<string, Set<string>>();
  for (const [district, groups] of cells) {
    const isDistrict = district !== own || jurisdiction.level === "county";
    if (isDistrict) yield [{ district }, ofDivision(groups)];
    for (const [person_group, sexes] of groups) {
      if (person_group === ALL) continue;
      if (isDistrict) yield [{ district, person_group }, ofGroup(groups, person_group)];
      const seen = sexesOf.get(person_group) ?? new Set();
      for (const sex of sexes.keys()) if (sex !== ALL) seen.add(sex);
      sexesOf.set(person_group, seen);
    }
  }
  for (const [person_group, sexes] of sexesOf) {
    yield [{ person_group }, groupOfJurisdiction(cells, own, person_group)];
    for (const sex of sexes) yield [{ person_group, sex }, sexOfJurisdiction(cells, own, person_group, sex)];
  }
}

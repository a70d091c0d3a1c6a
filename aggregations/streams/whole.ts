import { ALL } from "./record.js";

/** Persons of one enrolment row, or of several added up; null where a row that belongs to it says none. */
export interface Enrolled {
  readonly persons: number;
  readonly paid: number | null;
  readonly target: number | null;
  /** Keys of the rows that it is made of, where somebody asked for them. */
  readonly rows?: readonly string[];
}

/** Latest rows of one insurance at one date: division, then group, then sex. */
export type Snapshot = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Enrolled>>>;

const EMPLOYERS = ["government", "institution", "enterprise"];
const NAMED: readonly string[] = [ALL, "active", "retired", ...EMPLOYERS];

const add = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

/** Sum of the parts that are there; null when there is none. */
export function sumOf(parts: Iterable<Enrolled | null>): Enrolled | null {
  let sum: Enrolled | null = null;
  for (const part of parts) {
    if (part === null) continue;
    sum =
      sum === null
        ? part
        : {
            persons: sum.persons + part.persons,
            paid: add(sum.paid, part.paid),
            target: add(sum.target, part.target),
            ...(sum.rows && part.rows ? { rows: [...sum.rows, ...part.rows] } : {}),
          };
  }
  return sum;
}

/** Sum of all the parts; null when one is missing: part of a whole is not the whole. */
const sumOfEvery = (parts: readonly (Enrolled | null)[]): Enrolled | null =>
  parts.includes(null) ? null : sumOf(parts);

type Groups = ReadonlyMap<string, ReadonlyMap<string, Enrolled>>;

/** A group of one division: its row of sex `all`, else `female` + `male`. */
export function ofGroup(groups: Groups | undefined, group: string): Enrolled | null {
  const sexes = groups?.get(group);
  if (sexes === undefined) return null;
  return sexes.get(ALL) ?? sumOfEvery([sexes.get("female") ?? null, sexes.get("male") ?? null]);
}

/**
 * Everyone of one division: its row of `all`; else `active` + `retired`; else those of the three employer
 * kinds that are there; else the other groups; else `female` + `male` of group `all`.
 */
export function ofDivision(groups: Groups | undefined): Enrolled | null {
  if (groups === undefined) return null;
  const others = [...groups.keys()].filter((g) => !NAMED.includes(g)).sort();
  return (
    groups.get(ALL)?.get(ALL) ??
    sumOfEvery([ofGroup(groups, "active"), ofGroup(groups, "retired")]) ??
    sumOf(EMPLOYERS.map((g) => ofGroup(groups, g))) ??
    sumOf(others.map((g) => ofGroup(groups, g))) ??
    ofGroup(groups, ALL)
  );
}

/** Sum over every division but the jurisdiction's own. */
function overDivisions(
  at: Snapshot,
  own: string,
  pick: (groups: Groups) => Enrolled | null,
): Enrolled | null {
  return sumOf([...at].map(([division, groups]) => (division === own ? null : pick(groups))));
}

/** Everyone: the own division's row of `all`; else the sum of the divisions; else the own division's parts. */
export function ofJurisdiction(at: Snapshot, own: string): Enrolled | null {
  return at.get(own)?.get(ALL)?.get(ALL) ?? overDivisions(at, own, ofDivision) ?? ofDivision(at.get(own));
}

/** A group of the jurisdiction, by the same order. */
export function groupOfJurisdiction(at: Snapshot, own: string, group: string): Enrolled | null {
  return (
    at.get(own)?.get(group)?.get(ALL) ??
    overDivisions(at, own, (groups) => ofGroup(groups, group)) ??
    ofGroup(at.get(own), group)
  );
}

/** One sex of a group of the jurisdiction: the own division's row, else the sum of the divisions. */
export function sexOfJurisdiction(at: Snapshot, own: string, group: string, sex: string): Enrolled | null {
  return (
    at.get(own)?.get(group)?.get(sex) ??
    overDivisions(at, own, (groups) => groups.get(group)?.get(sex) ?? null)
  );
}

import type { GroupTable } from "../../aggregations/dimensions/groups.js";
import type { DimensionIndex } from "../../aggregations/dimensions/tuples.js";
import type { Numbers } from "../../connectors/state/numbers.js";
import { PersonTable } from "../../connectors/state/person-table.js";
import { FundpulseError } from "../../schemas/errors.js";

/** The persons of a state under their numbers. @throws FundpulseError FP2004 when some are missing. */
export function loadPersons(kept: Numbers): PersonTable {
  const persons = new PersonTable();
  for (const { first, pseudonyms } of kept.personChunks()) {
    if (first !== persons.size) {
      throw new FundpulseError("FP2004", "the person table of the state file has a gap");
    }
    for (let at = 0; at < pseudonyms.length; at += 16) persons.numberOf(pseudonyms, at);
  }
  return persons;
}

/** Keeps the numbers of persons, tuples and groups that were met since the last commit. */
export class Numbering {
  #persons: number;
  #tuples: number;
  #groups: number;

  /** What is numbered already is taken to be kept. */
  constructor(
    private readonly kept: Numbers,
    private readonly persons: PersonTable,
    private readonly groups: GroupTable,
    private readonly dimensionIndex: DimensionIndex,
    saved: { readonly groups: number; readonly tuples: number },
  ) {
    this.#persons = persons.size;
    this.#tuples = saved.tuples;
    this.#groups = saved.groups;
  }

  /** Only inside a commit. */
  save(): void {
    const { kept, persons, dimensionIndex, groups } = this;
    if (persons.size > this.#persons) {
      kept.addPersons(this.#persons, persons.pseudonymsFrom(this.#persons));
      this.#persons = persons.size;
    }
    for (; this.#tuples < dimensionIndex.tuples.length; this.#tuples++) {
      kept.addTuple(this.#tuples, dimensionIndex.tuples[this.#tuples]);
    }
    for (; this.#groups < groups.groups.length; this.#groups++) {
      kept.addGroup(this.#groups, groups.groups[this.#groups]);
    }
  }
}

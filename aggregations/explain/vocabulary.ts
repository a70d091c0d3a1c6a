import { DIMENSIONS, type Dimension, INSURANCES } from "../../schemas/dimensions.js";
import { INDICATOR_ALIASES } from "../../schemas/indicators.js";
import {
  DIMENSION_LABELS,
  DIMENSION_WORDS,
  FUND_LABELS,
  facilityKindLabels,
  INSURANCE_WORDS,
  type Label,
  LINE_WORDS,
  PERSON_GROUP_LABELS,
  REGION_LINES,
  SEX_LABELS,
  SUBJECT_LABELS,
} from "../../schemas/labels.js";
import { type Formula, formulasNamed } from "./formula.js";

/** What a value may be of: a dimension, the insurance, a line of the printed tables, a kind of facility. */
export type Place = Dimension | "insurance" | "line" | "kind";

/** One thing that a word can mean: values by what they are of; several values of one are added up. */
export type Meaning = Readonly<Partial<Record<Place, readonly string[]>>>;

/** The names that one bureau has for its values. */
export interface Names {
  readonly level: "county" | "city" | "province";
  readonly categories: readonly string[];
  readonly facilities: readonly Label[];
  readonly divisions: readonly Label[];
  readonly careGroups: readonly string[];
  readonly insurances: readonly string[];
  /** Values that occur besides: of open lists (funds, subjects, groups of people). */
  readonly occurring: Readonly<Partial<Record<Dimension, readonly string[]>>>;
}

/** What each word means that names a value: labels, codes, and the short forms of reports. */
export class Vocabulary {
  readonly #meanings = new Map<string, Meaning[]>();
  readonly #of = new Map<Place, Map<string, readonly string[]>>();

  constructor(readonly names: Names) {
    for (const code of new Set([...INSURANCES, ...names.insurances, "all"]))
      this.#add("insurance", code, [code]);
    for (const [word, code] of Object.entries(INSURANCE_WORDS)) this.#add("insurance", word, [code]);
    this.#labels("insurance", DIMENSION_LABELS.insurance!);
    for (const d of DIMENSIONS) if (DIMENSION_LABELS[d]) this.#labels(d, DIMENSION_LABELS[d]);
    for (const line of REGION_LINES[names.level]) {
      this.#meaning(line.zh, { region: line.of, care: ["inpatient"] });
      for (const short of shortRegions(line.zh)) this.#add("region", short, line.of);
    }
    for (const name of names.categories) this.#add("category", name, [name]);
    for (const name of names.careGroups) this.#add("care_group", name, [name]);
    this.#labels("facility", names.facilities);
    this.#labels("district", names.divisions);
    this.#labels("facility_district", names.divisions);
    this.#labels("fund", FUND_LABELS);
    this.#labels("subject", SUBJECT_LABELS);
    this.#labels("person_group", PERSON_GROUP_LABELS);
    this.#labels("sex", SEX_LABELS);
    this.#labels("kind", facilityKindLabels(names.level));
    for (const [word, line] of Object.entries(LINE_WORDS)) this.#add("line", word, [line]);
    for (const d of DIMENSIONS) for (const v of names.occurring[d] ?? []) this.#add(d, v, [v]);
  }

  #labels(place: Place, labels: readonly Label[]): void {
    for (const { value, zh } of labels) {
      this.#add(place, value, [value]);
      this.#add(place, zh, [value]);
    }
  }

  #add(place: Place, word: string, values: readonly string[]): void {
    const own = this.#of.get(place) ?? new Map<string, readonly string[]>();
    this.#of.set(place, own);
    if (word === "" || own.has(word)) return;
    own.set(word, values);
    this.#meaning(word, { [place]: values });
  }

  #meaning(word: string, meaning: Meaning): void {
    const known = this.#meanings.get(word) ?? [];
    if (known.some((m) => JSON.stringify(m) === JSON.stringify(meaning))) return;
    this.#meanings.set(word, [...known, meaning]);
  }

  /** What a word can mean; none where nobody knows it. */
  meanings(word: string): readonly Meaning[] {
    return this.#meanings.get(word) ?? [];
  }

  /** The values that a word names of one dimension; null where it names none. */
  valuesOf(place: Place, word: string): readonly string[] | null {
    return this.#of.get(place)?.get(word) ?? null;
  }

  /** Every word, for saying which is near. */
  words(place?: Place): string[] {
    return place === undefined ? [...this.#meanings.keys()] : [...(this.#of.get(place)?.keys() ?? [])];
  }

  /** How a value of a dimension is printed. */
  label(place: Place, value: string): string {
    const regions: readonly Label[] = REGION_LINES[this.names.level];
    const lists: Readonly<Partial<Record<Place, readonly Label[]>>> = {
      facility: this.names.facilities,
      district: this.names.divisions,
      facility_district: this.names.divisions,
      fund: FUND_LABELS,
      subject: SUBJECT_LABELS,
      person_group: PERSON_GROUP_LABELS,
      sex: SEX_LABELS,
      region: regions,
    };
    const list = lists[place] ?? DIMENSION_LABELS[place] ?? [];
    return list.find((l) => l.value === value)?.zh ?? value;
  }
}

/** 县内住院 → 县内; 省内异地住院 → 省内异地, 省内. */
function shortRegions(zh: string): string[] {
  const plain = zh.replace(/住院$/, "");
  return [...new Set([plain, plain.replace(/异地$/, "")])].filter((w) => w !== zh);
}

/** The dimension that a word names: its name in the contract, or a Chinese one. */
export function placeNamed(word: string): Place | null {
  if (word === "insurance" || word === "line" || word === "kind") return word;
  if ((DIMENSIONS as readonly string[]).includes(word)) return word as Dimension;
  return (DIMENSION_WORDS[word] as Place | undefined) ?? null;
}

/** The formulas that a word can mean, the settlements' first. */
export function indicatorsNamed(word: string): readonly Formula[] {
  const alias = INDICATOR_ALIASES[word];
  return formulasNamed(alias ?? word);
}

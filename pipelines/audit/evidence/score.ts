import { INDICATORS } from "../../../schemas/indicators.js";
import { amountOf, type Book, type Figure, type FigureForm, type Reading } from "./book.js";
import type { Context } from "./context.js";
import type { Vocabulary } from "./vocabulary.js";
import type { Meant } from "./words.js";

/** How unlikely a figure is that has a member of the dimension which nobody named. */
const UNNAMED: Readonly<Record<string, number>> = {
  care: 0.5,
  category: 1.2,
  facility: 5,
  facility_district: 4,
  flow: 3,
  ownership: 3,
  district: 0.3,
  fund: 1,
  subject: 1,
  tier: 2.5,
  region: 2.5,
  care_group: 2.5,
  channel: 2.5,
  person_kind: 3,
  person_group: 2,
  other: 1,
  sex: 3,
};
export const unnamed = (dimension: string): number => UNNAMED[dimension] ?? 2;

const HIT = { clause: 2, sentence: 1, heading: 1 } as const;
const MISS = { clause: 4, sentence: 2, heading: 1.5 } as const;
const ABSENT = { clause: 2.5, sentence: 1, heading: 0.7 } as const;

export const isShare = (indicator: string): boolean => indicator.startsWith("share_");
/** What a share is of: `share_in_care_fee@outpatient+pharmacy` is one of the fee. */
export const baseOf = (share: string): string => share.replace(/^share_(in_care_|in_category_)?|@.*$/g, "");
export const isChange = (form: FigureForm): boolean => form === "change" || form === "change_pct";

/** What a bureau means by 住院 or 门诊 in a section when it names no category: that category; by insurance, care and headings. */
export type Houses = ReadonlyMap<string, string>;
export const houseKey = (insurance: string, care: string | undefined, heads: readonly string[]): string =>
  `${insurance} ${care} ${heads.slice(0, 3).join("\u0001")}`;

const matches = (figure: Figure, meant: Meant): boolean | null => {
  let there: boolean | null = null;
  for (const [d, m] of meant) {
    const own = figure.scope.members.get(d);
    if (own === m) return true;
    if (own !== undefined) there = false;
  }
  return there;
};

/** How well the words around a number go with a figure's insurance and members. */
function scopeScore(figure: Figure, context: Context): number {
  const { named, halved } = context;
  const members = figure.scope.members;
  const insurance = named.get("insurance");
  let score = 0;
  if (insurance) {
    const said = insurance.meant[0][1];
    if (figure.scope.insurance === said) score += insurance.near === "heading" ? 1.5 : 2;
    else score -= figure.scope.insurance === "all" ? 1 : 5;
  } else if (figure.scope.insurance === "all") score += 0.5;
  const covered = new Set<string>();
  for (const [about, { meant, near }] of named) {
    if (about === "insurance") continue;
    for (const [d] of meant) if (members.has(d)) covered.add(d);
    const match = matches(figure, meant);
    if (match === true) score += HIT[near];
    else if (match === false) score -= MISS[near];
    else if (!(about === "care" && members.has("category"))) score -= ABSENT[near];
  }
  for (const d of members.keys())
    if (!covered.has(d) && !(d === "care" && members.has("category")))
      score -= halved.has(d) ? Math.min(1, unnamed(d)) : unnamed(d);
  return score;
}

/** Whether some member of the figure is one that its context names otherwise, or not at all where it should. */
export function strays(figure: Figure, { named, halved }: Context): boolean {
  for (const [d, m] of figure.scope.members) {
    if (unnamed(d) < 2 || (halved.has(d) && !named.has(d))) continue;
    let said = false;
    for (const { meant } of named.values()) if (meant.some(([nd, nm]) => nd === d && nm === m)) said = true;
    if (!said) return true;
  }
  return false;
}

/** Whether the words before a number allow of a reading: growth where they say growth, what is part of a whole where they say 占. */
export function allows({ form: cue, whole }: Context, { figure, form }: Reading, words: Vocabulary): boolean {
  if (cue === "other" || isChange(form) !== (cue === "up" || cue === "down")) return false;
  if (cue !== "share" || isShare(figure.indicator)) return true;
  // 统筹支付占总费用的59 %: a rate is said so too.
  const below = figure.unit === "fraction" && DENOMINATORS.get(figure.indicator);
  return Boolean(below) && words.likeness(below as string, whole) >= 1;
}

const DENOMINATORS = new Map(INDICATORS.map((i) => [i.name as string, i.denominator]));

function formScore(reading: Reading, context: Context, words: Vocabulary): number {
  const { form: cue } = context;
  const share = isShare(reading.figure.indicator);
  const { form } = reading;
  let score = share && cue !== "share" ? -2 : 0;
  if (cue === "up" || cue === "down") {
    if (!isChange(form)) return score - 4;
    const v = amountOf(reading) ?? 0;
    return score + 2 + (v > 0 === (cue === "up") ? 0.5 : -1.5);
  }
  if (cue === "previous") return score + (form === "previous" ? 2 : -3);
  if (cue === "share") return score + (form === "value" && allows(context, reading, words) ? 2 : -3);
  if (cue === "other") return score - 8;
  score += form === "value" ? 1 : -2.5;
  // What is printed without a sign is rather a sum that is none than a deficit.
  if (form === "value" && (amountOf(reading) ?? 0) < 0) score -= 1.5;
  return score;
}

/** Scores readings of the numbers of one sentence by its words. */
export class WordScore {
  readonly #scopes: Map<number, number>[];

  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly heads: readonly string[],
    private readonly contexts: readonly Context[],
    private readonly houses: Houses,
  ) {
    this.#scopes = contexts.map(() => new Map());
  }

  of(at: number, reading: Reading): number {
    const { figure } = reading;
    const context = this.contexts[at];
    const known = this.#scopes[at].get(figure.scope.id);
    const scope = known ?? this.#scope(at, figure);
    if (known === undefined) this.#scopes[at].set(figure.scope.id, scope);
    let label = this.spoken(at, reading);
    const head = this.heads.at(-1);
    if (head) label = Math.max(label, this.vocabulary.likeness(figure.indicator, head) * 0.5);
    return scope + label + formScore(reading, context, this.vocabulary);
  }

  /** How much the words before a number speak of a reading's indicator. */
  spoken(at: number, { figure }: Reading): number {
    let label = 0;
    for (const [k, window] of this.contexts[at].windows.entries())
      label = Math.max(label, this.vocabulary.likeness(figure.indicator, window) * [1, 0.7, 0.5][k]);
    return label;
  }

  /** What the bureau means in this section by the care of a figure, where no category is named. */
  houseOf(at: number, { scope: { insurance, members } }: Figure): string | undefined {
    if (this.contexts[at].named.has("category")) return undefined;
    return this.houses.get(houseKey(insurance, members.get("care"), this.heads));
  }

  /** Whether a figure is of a category or district that nobody names and the section does not mean. */
  unsaid(at: number, figure: Figure): boolean {
    const { named } = this.contexts[at];
    return ["category", "district"].some((d) => {
      const member = figure.scope.members.get(d);
      return (
        member !== undefined && !named.has(d) && (d === "district" || member !== this.houseOf(at, figure))
      );
    });
  }

  /** Whether the words speak of another figure of the same place and unit much more. */
  saysAnother(at: number, reading: Reading, book: Book): boolean {
    const { figure, form } = reading;
    // Shares of one base have names that differ in their whole alone.
    if (isShare(figure.indicator)) return false;
    const own = this.spoken(at, reading);
    for (const other of book.of(figure.scope))
      if (other.unit === figure.unit && this.spoken(at, { figure: other, form }) >= own + 1) return true;
    return false;
  }

  #scope(at: number, figure: Figure): number {
    let score = scopeScore(figure, this.contexts[at]);
    const house = this.houseOf(at, figure);
    if (house !== undefined) score += figure.scope.members.get("category") === house ? 2.2 : -1.5;
    return score;
  }
}

/** How well two neighbouring numbers go together. */
export function pairScore(a: Reading, b: Reading): number {
  const [x, y] = [a.figure, b.figure];
  if (x.scope.insurance !== y.scope.insurance) return -1.5;
  if (x === y) return a.form === b.form ? 0.5 : 4.5;
  if (x.scope === y.scope) return isShare(y.indicator) && baseOf(y.indicator) === x.indicator ? 3.5 : 2.5;
  const [p, q] = [x.scope.members, y.scope.members];
  let differing = 0;
  for (const d of new Set([...p.keys(), ...q.keys()])) if (p.get(d) !== q.get(d)) differing++;
  if (x.indicator === y.indicator && a.form === b.form) return differing === 1 ? 2.5 : 1.5;
  const within = (s: ReadonlyMap<string, string>, t: ReadonlyMap<string, string>): boolean =>
    [...s].every(([d, m]) => t.get(d) === m);
  return within(p, q) || within(q, p) ? 1 : 0;
}

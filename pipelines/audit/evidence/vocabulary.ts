import type { PublishedNames } from "../../../connectors/duckdb/evidence/figures.js";
import { INDICATORS } from "../../../schemas/indicators.js";
import {
  CARE_LABELS,
  CATEGORY_LINES,
  CHANNEL_LABELS,
  OWNERSHIP_LABELS,
  PERSON_GROUP_LABELS,
  REGION_LABELS,
  SUBJECT_LABELS,
  TIER_LABELS,
} from "../../../schemas/labels.js";
import { bare } from "../document/model.js";
import type { Book } from "./book.js";
import { INDICATOR_WORDS, INSURANCE_WORDS, MEMBER_WORDS, type Meant, PLACE_WORDS } from "./words.js";

/** A word of a text that names an insurance or members of dimensions. */
export interface Mention {
  readonly at: number;
  readonly text: string;
  /** `insurance`, or the dimension that the word is about first. */
  readonly about: string;
  readonly meant: Meant;
}

/** The words that a workspace's figures go by: what the product publishes as labels, and few others. */
export class Vocabulary {
  readonly #meant = new Map<string, Meant>();
  readonly #pattern: RegExp;
  readonly #indicators = new Map<string, Set<string>>();
  readonly facilities: readonly { readonly code: string; readonly name: string }[];
  /** What the names of most facilities begin with. */
  readonly place: string;

  constructor(book: Book, names: PublishedNames, level: "county" | "city" | "province") {
    this.facilities = names.facilities;
    this.place = commonPlace(names.facilities.map((f) => f.name));
    const members = membersOf(book);
    // 统筹 of 统筹门诊 stands in 统筹支付 as well.
    for (const [dimension, list] of [
      ["category", [...(members.get("category") ?? [])].map((m) => [m, [m, ...synonyms(m)]] as const)],
      ["care_group", [...(members.get("care_group") ?? [])].map((m) => [m, [m]] as const)],
      [
        "district",
        names.divisions
          .filter((d) => members.get("district")?.has(d.code))
          .map((d) => [d.code, [d.name]] as const),
      ],
    ] as const)
      for (const [piece, member] of pieces(list))
        if (
          list.some(([, whole]) => whole.includes(piece)) ||
          !INDICATOR_LABELS.some((l) => l.includes(piece))
        )
          this.#learn(piece, [[dimension, member]]);
    for (const [code, name] of names.facilities.map((f) => [f.code, f.name] as const))
      for (const word of [name, name.startsWith(this.place) ? name.slice(this.place.length) : name])
        if (word.length >= 4) this.#learn(word, [["facility", code]]);
    for (const [dimension, labels] of [
      ["region", REGION_LABELS],
      ["tier", TIER_LABELS],
      ["channel", CHANNEL_LABELS],
      ["ownership", OWNERSHIP_LABELS],
      ["person_group", PERSON_GROUP_LABELS],
      ["care", CARE_LABELS],
      ["subject", SUBJECT_LABELS],
    ] as const)
      for (const { value, zh } of labels) if (value !== "unknown") this.#learn(zh, [[dimension, value]]);
    for (const [meant, words] of [...MEMBER_WORDS, ...PLACE_WORDS[level]])
      for (const word of words) {
        // A category may have the very name of its care.
        const own = (this.#meant.get(word) ?? []).filter(([d]) => d === "category");
        this.#meant.set(word, [...known(meant, members), ...own]);
      }
    for (const [word, insurance] of Object.entries(INSURANCE_WORDS))
      if (!this.#meant.has(word)) this.#meant.set(word, [["insurance", insurance]]);
    const words = [...this.#meant.keys()].sort((a, b) => b.length - a.length);
    this.#pattern = new RegExp(words.map((w) => w.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|"), "g");
    for (const { name, zh } of INDICATORS) this.#label(name, zh);
    for (const [name, labels] of Object.entries(INDICATOR_WORDS))
      for (const l of labels) this.#label(name, l);
  }

  #learn(word: string, meant: Meant): void {
    if (!this.#meant.has(word)) this.#meant.set(word, meant);
  }

  #label(indicator: string, label: string): void {
    this.#indicators.set(indicator, (this.#indicators.get(indicator) ?? new Set()).add(label));
  }

  /** Every word that names a member, in order; the longest at each place. */
  mentions(text: string): Mention[] {
    const found: Mention[] = [];
    for (const m of text.matchAll(this.#pattern)) {
      const meant = this.#meant.get(m[0]) ?? [];
      // 省内异地, 跨省异地: the first word says where, the second only that it is not here.
      const last = found.at(-1);
      const here = last !== undefined && last.at + last.text.length === m.index;
      if (here && last.about === "region" && meant.some(([d, v]) => d === "flow" && v === "outbound"))
        continue;
      if (meant.length > 0) found.push({ at: m.index, text: m[0], about: meant[0][0], meant });
      // 公务员 names a fund, and the insurance of those whom it pays for.
      const insurance = INSURANCE_WORDS[m[0]];
      if (insurance !== undefined && meant[0]?.[0] !== "insurance")
        found.push({ at: m.index, text: m[0], about: "insurance", meant: [["insurance", insurance]] });
    }
    return found;
  }

  labelsOf(indicator: string): ReadonlySet<string> {
    return this.#indicators.get(indicator) ?? NONE;
  }

  readonly #likeness = new Map<string, number>();

  /** How much a stretch of text speaks of an indicator, from 0 to 3. */
  likeness(indicator: string, text: string): number {
    const key = `${indicator}\u0001${text}`;
    const known = this.#likeness.get(key);
    if (known !== undefined) return known;
    let most = 0;
    for (const label of this.labelsOf(indicator)) {
      const common = commonRun(label, text);
      if (common >= 2) most = Math.max(most, (common / label.length) * (Math.min(common, 6) / 2));
    }
    this.#likeness.set(key, most);
    return most;
  }

  /** How well a text is known as a heading or label: 3 whole, 1 in part. */
  readonly knows = (label: string): number => {
    const known = this.#known.get(label);
    if (known !== undefined) return known;
    const found = this.#howKnown(label);
    this.#known.set(label, found);
    return found;
  };

  readonly #known = new Map<string, number>();

  #howKnown(label: string): number {
    if (label === "") return 0;
    let best = 0;
    for (const labels of this.#indicators.values())
      for (const l of labels)
        best = Math.max(best, l === label ? 3 : l.includes(label) || label.includes(l) ? 1 : 0);
    if (/^(项目|合计|小计|总计|类别|占比)$/.test(label) || this.#meant.has(label)) return 3;
    for (const w of this.#meant.keys())
      if (w.length >= 2 && (w.includes(label) || label.includes(w))) best = Math.max(best, 1);
    return best;
  }
}

const INDICATOR_LABELS = [...INDICATORS.map((i) => i.zh), ...Object.values(INDICATOR_WORDS).flat()];
const NONE: ReadonlySet<string> = new Set();

function membersOf(book: Book): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { scope } of book.figures)
    for (const [d, m] of scope.members) found.set(d, (found.get(d) ?? new Set()).add(m));
  return found;
}

/** Alternatives that the figures have; all where they have none. */
function known(meant: Meant, members: ReadonlyMap<string, ReadonlySet<string>>): Meant {
  const there = meant.filter(([d, m]) => members.get(d)?.has(m));
  return there.length > 0 ? there : meant;
}

const synonyms = (category: string): readonly string[] =>
  Object.values(CATEGORY_LINES).find((names: readonly string[]) => names.includes(category)) ?? [];

/** What tells a label from its siblings: it, and it without a head or tail that others have too. */
function* pieces(
  list: readonly (readonly [member: string, labels: readonly string[]])[],
): Generator<[string, string]> {
  const flat = list.flatMap(([m, labels]) => labels.map((l) => [m, l.replace(/[“”"（）() ]/g, "")] as const));
  const by = new Map<string, Set<string>>();
  for (const [member, label] of flat) {
    const others = flat.filter(([m]) => m !== member).map(([, l]) => l);
    const head = Math.max(0, ...others.map((o) => commonHead(label, o)));
    const tail = Math.max(0, ...others.map((o) => commonHead(reverse(label), reverse(o))));
    const end = label.length - tail;
    for (const piece of [label, label.slice(head), label.slice(0, end), label.slice(head, end)]) {
      const long = piece.length < 2 && tail > 0 ? label.slice(0, Math.max(2, end)) : piece;
      if (long.length >= 2) by.set(long, (by.get(long) ?? new Set()).add(member));
    }
  }
  for (const [piece, members] of by) if (members.size === 1) yield [piece, [...members][0]];
}

const reverse = (s: string): string => [...s].reverse().join("");

function commonHead(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}

/** Length of the longest run that two texts share. */
export function commonRun(a: string, b: string): number {
  let best = 0;
  for (let i = 0; i < a.length; i++)
    for (let n = best + 1; i + n <= a.length && b.includes(a.slice(i, i + n)); n++) best = n;
  return best;
}

function commonPlace(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) {
    const place = /^.{1,6}?[县市区旗州]/.exec(bare(name))?.[0];
    if (place) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const best = [...counts].sort((a, b) => b[1] - a[1])[0];
  return best !== undefined && best[1] >= names.length / 4 ? best[0] : "";
}

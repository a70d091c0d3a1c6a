import type { ToldNumber } from "./told.js";
import type { Mention } from "./vocabulary.js";
import { DOWN_WORDS, UP_WORDS } from "./words.js";

/** A list of numbers, 分别为358人次（占77%）、43人次（占9%）和61人次: what stands before it is said of each in its turn. */
export interface Series {
  /** The number that it begins with. */
  readonly first: number;
  readonly count: number;
}

/** Where a number stands in a list; one in brackets stands where the number before them does. */
export interface InSeries extends Series {
  readonly place: number;
  readonly bracketed: boolean;
}

const MOVES = [...UP_WORDS, ...DOWN_WORDS].join("|");
/** What parts the numbers of a list; a comma before a direction goes on about the same figure. */
const NEXT = new RegExp(`^(?:[、,，和及与]|以及|(?:[、和及与]|以及)(?:分别|各)?(?:${MOVES})(?:了)?)$`);
const BRACKETS = /[（(][^（）()]*[)）]/g;
const AND = /[、和及与]|以及/;

/** The list that each number of a sentence stands in; null for none. */
export function seriesOf(text: string, numbers: readonly ToldNumber[]): (InSeries | null)[] {
  const brackets = [...text.matchAll(BRACKETS)].map((m) => [m.index, m.index + m[0].length] as const);
  const inside = numbers.map((n) => brackets.some(([from, to]) => n.start > from && n.end < to));
  const lists: number[][] = [];
  for (const [i, n] of numbers.entries()) {
    if (inside[i]) continue;
    const list = lists.at(-1);
    const before = list === undefined ? undefined : numbers[list.at(-1) as number];
    const between = before && text.slice(before.end, n.start).replace(BRACKETS, "").replace(/\s/g, "");
    if (list && before?.unit === n.unit && NEXT.test(between ?? "")) list.push(i);
    else lists.push([i]);
  }
  const found: (InSeries | null)[] = numbers.map(() => null);
  for (const list of lists.filter((l) => l.length > 1))
    for (const [place, i] of list.entries()) {
      const at = { first: list[0], count: list.length, place };
      found[i] = { ...at, bracketed: false };
      for (let j = i + 1; inside[j]; j++) found[j] = { ...at, bracketed: true };
    }
  return found;
}

/** Of each dimension that is counted off before a list, the mention that goes with a place of it. */
export function membersAt(
  { first, count, place }: InSeries,
  numbers: readonly ToldNumber[],
  mentions: readonly Mention[],
  before: readonly Mention[],
): Mention[] {
  const [from, to] = [first > 0 ? numbers[first - 1].end : 0, numbers[first].start];
  const own = mentions.filter((m) => m.at >= from && m.at < to);
  const here = countedOff(own, count);
  // 费用分别为 … goes on with those whom the words before have counted off.
  const earlier = (): Mention[][] =>
    [mentions.filter((m) => m.at < from), before]
      .map((l) => countedOff(l, count))
      .find((l) => l.length > 0)
      ?.slice(-1) ?? [];
  const lists = here.length > 0 ? here : earlier();
  return lists.map((l) => l[l.length - count + place]);
}

/** The mentions of each dimension that has as many different ones as a list is long; the latest named comes last. */
function countedOff(mentions: readonly Mention[], count: number): Mention[][] {
  const by = new Map<string, Mention[]>();
  for (const m of mentions) {
    const list = by.get(m.about) ?? [];
    by.delete(m.about);
    by.set(m.about, [...list.filter((o) => o.text !== m.text), m]);
  }
  return [...by.values()].filter((l) => l.length >= count);
}

/** The words that go with a place of a list, where they are counted off just before it: 人次、总费用分别增长 …; null for none. */
export function wordsAt({ first, count, place }: InSeries, numbers: readonly ToldNumber[]): string | null {
  const pieces = (numbers[first].left.split(/[，,；;：:。]/).at(-1) ?? "").split(AND).slice(-count);
  if (pieces.length < count || pieces.some((p) => p.trim() === "")) return null;
  const [last, common = ""] = (pieces.at(-1) as string).split(/(?=分别|各自?)/);
  return (place === count - 1 ? last : pieces[place]) + common;
}

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
const AND = /以及|[、和及与]/;
const WHOLE = /合计|总计|全部|全体|总体|整体|全[县市省区州旗]/;

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

/** What a place of a list is about: the mention that goes with it, or null where it is of the whole of a dimension. */
export interface Counted {
  readonly about: string;
  readonly mention: Mention | null;
}

/** What is counted off before a list, for a place of it: of each dimension that is. */
export function membersAt(
  { first, count, place }: InSeries,
  lists: readonly (InSeries | null)[],
  numbers: readonly ToldNumber[],
  mentions: readonly Mention[],
  before: readonly Mention[],
): Counted[] {
  const { left, start } = numbers[first];
  const from = start - left.length;
  const own = mentions.filter((m) => m.at >= from && m.at < start);
  const whole = withWhole(left, from, count, own);
  if (whole !== null) return [{ about: whole.about, mention: whole.places[place] }];
  const here = countedOff(own, count);
  const at = (l: Mention[][]): Counted[] =>
    l.map((m) => ({ about: m[0].about, mention: m[m.length - count + place] }));
  if (here.length > 0) return at(here);
  // 费用分别为 … goes on with those of the list before, or whom the words before have counted off.
  const prior = lists.slice(0, first).findLast((l) => l !== null && l.count === count);
  if (prior) return membersAt({ ...prior, place }, lists, numbers, mentions, before);
  const earlier = [mentions.filter((m) => m.at < from), before].map((l) => countedOff(l, count));
  return at(earlier.find((l) => l.length > 0)?.slice(-1) ?? []);
}

/** 三级、二级和全部医院: members of a dimension, and one place that is of all; null where it is not so. */
function withWhole(
  left: string,
  from: number,
  count: number,
  own: readonly Mention[],
): { about: string; places: (Mention | null)[] } | null {
  const clause = left.split(/[，,；;：:。]/).at(-1) ?? "";
  const pieces = clause.split(AND).slice(-count);
  if (pieces.length < count || !pieces.some((p) => WHOLE.test(p))) return null;
  let at = from + left.length - pieces.join(" ").length;
  const inPieces = pieces.map((piece) => {
    const [begin, end] = [at, at + piece.length];
    at = end + 1;
    return WHOLE.test(piece) ? null : own.filter((m) => m.at >= begin && m.at < end);
  });
  const about = inPieces.find((p) => p !== null)?.at(-1)?.about;
  if (about === undefined) return null;
  const places = inPieces.map((p) =>
    p === null ? null : (p.findLast((m) => m.about === about) ?? undefined),
  );
  return places.includes(undefined) ? null : { about, places: places as (Mention | null)[] };
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

import { SHARE_MEASURES } from "../../../schemas/indicators.js";
import { type Reading, sameReading } from "./book.js";
import { type Bound, bind, type Reader } from "./chain.js";
import { FORGETFUL, type Memory } from "./memory.js";
import { allows, baseOf, type Houses, houseKey, isShare, pairScore, strays } from "./score.js";
import { decimalsAt, isNearly } from "./slots.js";
import type { Told } from "./told.js";

/** By how much a reading has to be better than the next. */
const MARGIN = 2;

/** Which bindings hold: clearly better than the next, said by the words, or carried by rare neighbours. */
export function accepted(bound: Bound, reader: Reader): boolean[] {
  const { bindings, contexts } = bound;
  return bindings.map((b, i) => {
    const { reading } = b;
    if (reading === null || b.margin < MARGIN) return false;
    const { figure } = reading;
    if (!allows(contexts[i], reading, reader.vocabulary) || repeats(bound, i, reading, reader)) return false;
    const readsSo = bound.candidates[i].filter((c) => sameReading(c, reading));
    const beside = bindings.filter((o, j) => j !== i && o.reading?.figure.scope === figure.scope);
    if (readsSo.every((c) => strays(c.figure, contexts[i]))) {
      const rare = beside.filter((o) => o.alike <= 3).length;
      if (!(b.alike <= 3 && b.margin >= 3 && rare >= 2)) return false;
    }
    // What a few digits may be by chance has to be said, or go on from what stands beside it.
    const near = [bindings[i - 1]?.reading, bindings[i + 1]?.reading];
    const goesOn = near.some((o) => o != null && pairScore(o, reading) >= 2.5);
    const alone = beside.length === 0 && !goesOn;
    if (
      b.alike > 3 &&
      readsSo.every(
        (c) => bound.words.saysAnother(i, c, reader.book) || (alone && bound.words.unsaid(i, c.figure)),
      )
    )
      return false;
    return !isShare(figure.indicator) || besideItsBase(bound, i, reading, reader);
  });
}

/** Whether the number before reads so, under words that fit, and this one stands under others: a slip of the hand. */
function repeats({ bindings, contexts }: Bound, at: number, own: Reading, { vocabulary }: Reader): boolean {
  const before = bindings[at - 1]?.reading;
  if (!before || !sameReading(before, own)) return false;
  const said = (i: number): number => vocabulary.likeness(own.figure.indicator, contexts[i].windows[0] ?? "");
  return said(at - 1) >= 1 && said(at) < 0.5;
}

/** A share stands beside what it is a share of, in a list before the list that has it; or the words say of what. */
function besideItsBase({ told, contexts }: Bound, at: number, own: Reading, reader: Reader): boolean {
  const { scope, indicator } = own.figure;
  const figure = reader.book.at(scope, baseOf(indicator));
  if (figure === undefined) return false;
  const { list, windows } = contexts[at];
  const said = (measure: string): number => reader.vocabulary.likeness(measure, windows[0] ?? "");
  const most = Math.max(...SHARE_MEASURES.map(said));
  if (list !== null && most >= 0.5 && said(figure.indicator) === most) return true;
  const base: Reading = { figure, form: "value" };
  return told.numbers
    .slice(Math.max(0, (list === null ? at : list.first - list.count) - 2), at + 2)
    .some((n) => isNearly(n, base, decimalsAt(n, base, reader)));
}

/** Takes from the certain readings of a first pass what the bureau means by 住院 and 门诊 in each section. */
export function housesOf(
  sentences: readonly Told[],
  reader: Reader,
  memory: Pick<Memory, "of"> = FORGETFUL,
): Houses {
  const counts = new Map<string, Map<string, number>>();
  for (const told of sentences)
    for (const [key, category] of memory.of(`house ${keyOf(told, reader)}`, () => certain(told, reader))) {
      const by = counts.get(key) ?? new Map<string, number>();
      counts.set(key, by);
      by.set(category, (by.get(category) ?? 0) + 1);
    }
  const houses = new Map<string, string>();
  for (const [key, by] of counts) {
    const all = [...by.values()].reduce((a, b) => a + b, 0);
    const [category, n] = [...by].sort((a, b) => b[1] - a[1])[0];
    if (category !== "" && n >= 3 && n >= 0.75 * all) houses.set(key, category);
  }
  return houses;
}

/** Categories of a sentence's certain readings where it names none, by what they tell of. */
function certain(told: Told, reader: Reader): [key: string, category: string][] {
  const { bindings, contexts } = bind(told, reader);
  return bindings.flatMap((b, i): [string, string][] => {
    if (b.reading === null || b.margin < 3 || contexts[i].named.has("category")) return [];
    const { insurance, members } = b.reading.figure.scope;
    return [[houseKey(insurance, members.get("care"), told.heads), members.get("category") ?? ""]];
  });
}

/** Everything that a sentence's reading follows from, beside the figures. */
export const keyOf = (told: Told, { decimals, houses }: Reader): string =>
  [told.text, told.before, told.aside, ...told.heads, decimals.key, ...houses].join("\u0001");

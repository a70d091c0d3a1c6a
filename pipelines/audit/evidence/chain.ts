import { amountOf, type Book, kindOf, type Reading, sameReading } from "./book.js";
import { type Context, contexts } from "./context.js";
import { type Houses, pairScore, WordScore } from "./score.js";
import type { Told, ToldNumber } from "./told.js";
import { type Decimals, scalesOf } from "./units.js";
import type { Vocabulary } from "./vocabulary.js";

/** What the figures of a period are read with. */
export interface Reader {
  readonly book: Book;
  readonly vocabulary: Vocabulary;
  readonly decimals: Decimals;
  readonly houses: Houses;
}

/** The best reading of a number among the figures that print alike. */
export interface Binding {
  /** null where none is better than nothing. */
  readonly reading: Reading | null;
  /** By how much it is better than the next that another print would tell apart. */
  readonly margin: number;
  readonly score: number;
  /** How many figures print alike, twins counted once. */
  readonly alike: number;
}

export interface Bound {
  readonly told: Told;
  readonly contexts: readonly Context[];
  readonly candidates: readonly (readonly Reading[])[];
  readonly bindings: readonly Binding[];
  readonly words: WordScore;
}

const NOTHING = -3;
const MOST_CANDIDATES = 60;

/** Every reading whose figure prints as the number, at the document's own decimals. */
export function candidatesOf(n: ToldNumber, { book, decimals }: Reader): Reading[] {
  const x = Math.abs(Number(n.digits));
  const alike = scalesOf(n.unit).flatMap(([kind, scale]) =>
    book.alike(kind, x * scale, scale * 10 ** -decimals.of(n, kind, scale)),
  );
  // Points of a hundred are by what a ratio has changed, and nothing else.
  return n.unit?.endsWith("百分点") ? alike.filter((r) => r.form === "change") : alike;
}

export const nearly01 = (reading: Reading): boolean => {
  const v = amountOf(reading);
  return reading.figure.unit === "fraction" && (v === 0 || v === 1);
};

/** Chooses for all numbers of a sentence at once: neighbours speak of the same figure or of its siblings. */
export function bind(told: Told, reader: Reader): Bound {
  const { numbers } = told;
  const around = contexts(told, reader.vocabulary);
  const words = new WordScore(reader.vocabulary, told.heads, around, reader.houses);
  const candidates = numbers.map((n) => candidatesOf(n, reader));
  const distinct = candidates.map((list) => new Set(list.map((r) => `${r.figure.twins} ${r.form}`)).size);
  const rarity = candidates.map((list, i) => {
    const size = reader.book.size(list[0] ? kindOf(list[0]) : "visit");
    return Math.max(0.3, Math.log10(Math.max(size, 10) / (1 + distinct[i])));
  });
  const forms = candidates.map((list) => {
    const by = new Map<number, number>();
    for (const r of list) by.set(r.figure.id, (by.get(r.figure.id) ?? 0) | bit(r));
    return by;
  });
  const states = candidates.map((list, i) => {
    const scored = list.flatMap((reading) => {
      // 0 % and 100 % are figures of everything: only its name tells one.
      if (nearly01(reading) && words.spoken(i, reading) < 1.4) return [];
      let score = words.of(i, reading);
      for (let j = Math.max(0, i - 4); j < Math.min(numbers.length, i + 5); j++) {
        if (j === i || numbers[j].digits === numbers[i].digits) continue;
        const there = (forms[j].get(reading.figure.id) ?? 0) & ~bit(reading);
        if (there !== 0) score += Math.min(rarity[j], 3) * (Math.abs(j - i) <= 3 ? 1 : 0.5);
      }
      return [{ score, reading: reading as Reading | null }];
    });
    scored.sort(
      (a, b) =>
        b.score - a.score || a.reading!.figure.scope.members.size - b.reading!.figure.scope.members.size,
    );
    return [...scored.slice(0, MOST_CANDIDATES), { score: NOTHING, reading: null }];
  });
  return { told, contexts: around, candidates, words, bindings: chain(states, distinct) };
}

const bit = (r: Reading): number =>
  r.form === "value" ? 1 : r.form === "previous" ? 2 : r.form === "change" ? 4 : 8;

type State = { readonly score: number; readonly reading: Reading | null };

function chain(states: readonly (readonly State[])[], alike: readonly number[]): Binding[] {
  const pair = (a: State, b: State): number =>
    a.reading === null || b.reading === null ? 0 : pairScore(a.reading, b.reading);
  const links = states.slice(1).map((row, i) => states[i].map((a) => row.map((b) => pair(a, b))));
  const forward: number[][] = [];
  for (const [i, row] of states.entries())
    forward.push(
      row.map((s, k) => {
        let best = 0;
        if (i > 0) {
          best = Number.NEGATIVE_INFINITY;
          for (let j = 0; j < states[i - 1].length; j++)
            best = Math.max(best, forward[i - 1][j] + links[i - 1][j][k]);
        }
        return s.score + best;
      }),
    );
  const backward: number[][] = states.map((row) => row.map(() => 0));
  for (let i = states.length - 2; i >= 0; i--)
    for (let k = 0; k < states[i].length; k++) {
      let best = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < states[i + 1].length; j++)
        best = Math.max(best, backward[i + 1][j] + states[i + 1][j].score + links[i][k][j]);
      backward[i][k] = best;
    }
  return states.map((row, i) => {
    const total = row.map((_, k) => forward[i][k] + backward[i][k]);
    const best = total.indexOf(Math.max(...total));
    const chosen = row[best].reading;
    let next = Number.NEGATIVE_INFINITY;
    for (const [k, t] of total.entries()) {
      const other = row[k].reading;
      if (k === best || (chosen !== null && other !== null && sameReading(chosen, other))) continue;
      next = Math.max(next, t);
    }
    const margin = next === Number.NEGATIVE_INFINITY ? 9 : total[best] - next;
    return { reading: chosen, margin, score: row[best].score, alike: alike[i] };
  });
}

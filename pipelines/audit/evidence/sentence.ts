import { accepted } from "./accept.js";
import type { Reading } from "./book.js";
import { type Bound, bind, type Reader } from "./chain.js";
import { pairScore } from "./score.js";
import { type Slip, slotFor } from "./slots.js";
import type { Told } from "./told.js";

/** What a number of a sentence is a figure of. */
export interface ReadNumber {
  readonly reading: Reading;
  /** How the print differs from the figure, where it was found by its neighbours and not by its digits. */
  readonly slip: Slip | null;
  /** The unit that fits, where it is not the printed one. */
  readonly unit: string | null;
  /** A direction word or sign: -1 for down. */
  readonly sign: 1 | -1;
  readonly margin: number;
}

/** By how much words and neighbours have to prefer another figure to one that prints alike by chance. */
const DETHRONE = 2;

/** Reads every number of a sentence; null for one that is not understood. */
export function readSentence(told: Told, reader: Reader): (ReadNumber | null)[] {
  const bound = bind(told, reader);
  const holds = accepted(bound, reader);
  const { bindings, contexts } = bound;
  return told.numbers.map((n, i): ReadNumber | null => {
    const sign = contexts[i].form === "down" ? -1 : n.sign === "-" ? -1 : 1;
    const slot = slotFor(i, bound, holds, reader);
    const own = bindings[i];
    if (holds[i] && own.reading !== null) {
      const beaten =
        slot !== null && slot.slip !== "same" && slot.base - inPlace(i, bound, holds) >= DETHRONE
          ? slot
          : null;
      if (beaten === null) return { reading: own.reading, slip: null, unit: null, sign, margin: own.margin };
      return { reading: beaten.reading, slip: beaten.slip, unit: null, sign, margin: beaten.gap };
    }
    const other = inOtherUnit(i, told, bound, holds, reader);
    if (other !== null) return { ...other, sign };
    if (slot === null) return null;
    return {
      reading: slot.reading,
      slip: slot.slip === "same" ? null : slot.slip,
      unit: null,
      sign,
      margin: slot.gap,
    };
  });
}

function inPlace(at: number, { bindings, words }: Bound, holds: readonly boolean[]): number {
  const own = bindings[at].reading as Reading;
  const beside = [at - 1, at + 1].flatMap((j) => {
    const o = holds[j] ? bindings[j]?.reading : null;
    return o ? [j < at ? pairScore(o, own) : pairScore(own, o)] : [];
  });
  return words.of(at, own) + Math.max(0, ...beside);
}

/** 元 where 万元 is meant: nothing prints alike as it stands, and in the other unit it fits. */
function inOtherUnit(
  at: number,
  told: Told,
  bound: Bound,
  holds: readonly boolean[],
  reader: Reader,
): Omit<ReadNumber, "sign"> | null {
  const n = told.numbers[at];
  const other = n.unit === "元" ? "万元" : n.unit === "万元" || n.unit === "万" ? "元" : null;
  if (
    other === null ||
    bound.candidates[at].length > 0 ||
    !holds.slice(Math.max(0, at - 3), at + 4).some((h) => h)
  )
    return null;
  const numbers = told.numbers.map((o, i) => (i === at ? { ...o, unit: other } : o));
  const again = bind({ ...told, numbers }, reader);
  const { reading, margin } = again.bindings[at];
  if (reading === null || reading.figure.kind !== "yuan" || !accepted(again, reader)[at]) return null;
  return { reading, slip: null, unit: other, margin };
}

import type { Paragraph, Passage } from "../document/model.js";
import { type Spot, spotOf } from "../document/model.js";
import { cellNumber, type WrittenNumber, writtenNumbers } from "../document/numbers.js";
import type { Numeral } from "./units.js";

/** A number of a sentence, with what stands before and behind it. */
export interface ToldNumber extends Numeral {
  readonly printed: string;
  readonly sign: "+" | "-" | null;
  readonly start: number;
  readonly end: number;
  /** From the number before to this one. */
  readonly left: string;
  readonly right: string;
  readonly spot: Spot;
}

/** A sentence with its numbers, and the headings that it stands under. */
export interface Told {
  readonly text: string;
  readonly numbers: readonly ToldNumber[];
  readonly heads: readonly string[];
  /** The sentence before. */
  readonly before: string;
  /** Of a table's line: the labels of all its lines. */
  readonly aside?: string;
}

/** Sentences with numbers out of paragraphs in order; a paragraph with a number of its own opens a section. */
export class Sentences {
  readonly #stack = new Map<number, string>();
  #before = "";

  /** Headings that the place where the reader is stands under, outermost first. */
  get heads(): string[] {
    return [...this.#stack].sort(([a], [b]) => a - b).map(([, text]) => text);
  }

  of(paragraph: Paragraph): Told[] {
    const { text, level } = paragraph;
    if (level !== null) {
      for (const l of [...this.#stack.keys()]) if (l >= level) this.#stack.delete(l);
      this.#stack.set(level, text.split(/[。:：,，；;]|(?<=\D)\d{3,}/)[0].slice(0, 40));
    }
    const heads = this.heads;
    const found: Told[] = [];
    let from = 0;
    // A sentence goes on where 其中 follows its full stop.
    for (const part of text.split(/(?<=。)(?!其中)/)) {
      const numbers = numbersOf(paragraph, from, part);
      if (numbers.length > 0) found.push({ text: part, numbers, heads, before: this.#before });
      if (part.trim() !== "") this.#before = part;
      from += part.length;
    }
    return found;
  }
}

function numbersOf(paragraph: Passage, from: number, text: string): ToldNumber[] {
  let end = 0;
  const written = from === 0 ? writtenNumbers(text) : writtenNumbers(` ${text}`).map((n) => shifted(n, -1));
  return written.map((n) => {
    const left = text.slice(end, n.start);
    end = n.end;
    return {
      ...n,
      left,
      right: text.slice(n.end, n.end + 8),
      spot: spotOf(paragraph, from + n.start),
    };
  });
}

const shifted = (n: WrittenNumber, by: number): WrittenNumber => ({
  ...n,
  start: n.start + by,
  end: n.end + by,
});

export { cellNumber };

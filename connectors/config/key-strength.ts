import type { Config } from "../../schemas/config/schema.js";

/** What 16 random bytes are worth, less what is lost where a random text happens to lack a class of characters. */
export const KEY_BITS = 122;

/** Kinds of characters, and how many of each there are to choose from. */
const CLASSES: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[^a-zA-Z0-9\u0080-\u{10ffff}]/u, 32],
  [/[\u0080-\u{10ffff}]/u, 2000],
];
/** Words and sentences: what a letter of written language is worth. */
const BITS_OF_PROSE = 2.5;
/** Random texts of 16 bytes have more different characters than this. */
const FEW = 9;
/** Characters that count up, down or stay the same, so many in a row, were not drawn. */
const RUN = 5;

/**
 * How many bits a secret is worth at most, to somebody who knows how it was made: its characters, drawn from the
 * smallest usual alphabet that has them all (hexadecimal digits are one), without what only repeats.
 */
export function keyBits(key: string): number {
  const characters = [...withoutRuns(withoutRepeats(key.trim()))];
  const text = characters.join("");
  const different = new Set(characters).size;
  if (different <= FEW) return characters.length * Math.log2(Math.max(1, different));
  if (/^(?:[0-9a-f]+|[0-9A-F]+)$/.test(text))
    return characters.length * (/[a-fA-F]/.test(text) ? 4 : Math.log2(10));
  if (/^[\p{Ll},.'-]+$/u.test(text) || /^[\p{L}\s,.'-]*\s[\p{L}\s,.'-]*$/u.test(text))
    return characters.length * BITS_OF_PROSE;
  const alphabet = CLASSES.reduce((sum, [kind, size]) => sum + (kind.test(text) ? size : 0), 0);
  return characters.length * Math.log2(alphabet);
}

/** A text that is one piece over and over counts as that piece. */
const withoutRepeats = (text: string): string => text.slice(0, (text + text).indexOf(text, 1));

/** A run counts as its first character. */
function withoutRuns(text: string): string {
  let kept = "";
  for (let start = 0; start < text.length; ) {
    const step = text.charCodeAt(start + 1) - text.charCodeAt(start);
    let end = start + 1;
    if (Math.abs(step) <= 1)
      while (end < text.length && text.charCodeAt(end) - text.charCodeAt(end - 1) === step) end++;
    if (end - start < RUN) end = start + 1;
    kept += text[start];
    start = end;
  }
  return kept;
}

/**
 * What is to be said of a personKey that can be guessed; null for a good one. Whoever holds a state can try keys
 * for ever: a pseudonym is as strong as the key.
 */
export function keyWarning({ privacy }: Config): string | null {
  const bits = keyBits(privacy.personKey);
  return bits >= KEY_BITS
    ? null
    : `privacy.personKey: it can be guessed (at most ${Math.floor(bits)} bits); use 16 random bytes or more, as \`openssl rand -hex 32\` makes them, and do so before the first run: a state keeps the key that it was made with`;
}

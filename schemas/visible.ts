/**
 * Characters that a terminal obeys or that hide, turn or move text: control characters (C0, C1, delete), line and
 * paragraph separators, marks of direction, zero-width ones, lone surrogates, and what Unicode reserves for tags.
 */
const OBEYED =
  /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const unitCode = (unit: number): string => `\\u${unit.toString(16).padStart(4, "0")}`;

/** Control characters as `\\x1b`; what JSON may hold unescaped as JSON writes it, so that JSON stays JSON. */
const escaped = (character: string): string => {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return `\\x${code.toString(16).padStart(2, "0")}`;
  return Array.from({ length: character.length }, (_, i) => unitCode(character.charCodeAt(i))).join("");
};

/** A text from outside (a name, a reason, the name of a file) as one may show it in a terminal: one line, obeyed by nobody. */
export const visible = (text: string): string => text.replace(OBEYED, escaped);

/** As `visible`, for a text of several lines: line feeds and tabs stay. */
export const visibleLines = (text: string): string =>
  text.replace(OBEYED, (character) =>
    character === "\n" || character === "\t" ? character : escaped(character),
  );

/** JSON that stays the same JSON: what a terminal would obey is written as its code within the texts. */
export const visibleJson = visibleLines;

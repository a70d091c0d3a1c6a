/** Spaces that a spreadsheet cuts off, or that nobody sees. */
const BLANK = "[\\s\\u200b\\ufeff]*";
const FORMULA = new RegExp(`^${BLANK}[=+\\-@＝＋－＠]|^[\\t\\r\\n]`);
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/**
 * A text that a spreadsheet would take for a formula, kept a text by a leading quote: what begins with `=`, `+`, `-`
 * or `@`, also full-width (a Chinese Excel takes those too) and behind blanks, and what begins with a tab or a line
 * break. Numbers with their sign are none. (docs/specification.md#neutral-text)
 */
export const neutralText = (text: string): string =>
  FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;

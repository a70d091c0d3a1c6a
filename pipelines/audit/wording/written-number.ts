export { isBlank } from "../arithmetic/printed-figure.js";

const NUMBER = /^[-+]?\d+(\.\d+)?$/;
const UP = /^(?:[↑▲]|增长|增加|上升|上涨|提高)了?/;
const DOWN = /^(?:[↓▼]|下降|减少|降低|下滑)了?/;
/** What a change is against, said again in its cell. */
const AGAINST = /^(?:同比|较上年同期|比上年同期|较上年|比上年)/;
/** An arrow behind its figure. */
const BEHIND = /^([^↑▲↓▼]*?)\(?([↑▲↓▼])\)?$/;
/** A change of nothing, in words. */
const UNCHANGED = /^(?:持平|基本持平|不变)$/;

const wide = (text: string): string => text.normalize("NFKC").replaceAll(/[,\s]/g, "");

/**
 * A figure as a report writes it, in plain digits with a sign: arrows and words of growth are signs, full-width
 * digits are digits, the unit of its column may stand behind it. null where it cannot be read so, also where a
 * word and a sign contradict each other.
 */
export function plainNumber(written: string, unit: string | null | undefined): string | null {
  let text = wide(written)
    .replace(/[−–—](?=\d)/, "-")
    .replace(AGAINST, "");
  if (UNCHANGED.test(text)) return "0";
  const behind = BEHIND.exec(text);
  if (behind?.[1]) text = behind[2] + behind[1];
  const direction = DOWN.test(text) ? "down" : UP.test(text) ? "up" : null;
  const number = withoutUnit(text.replace(DOWN, "").replace(UP, ""), unit);
  if (!NUMBER.test(number)) return null;
  return direction === null ? number : directed(number, direction);
}

/** A figure with the sign that its direction gives; null where its own sign says the opposite. */
export function directed(number: string, direction: "up" | "down"): string | null {
  if (number.startsWith(direction === "up" ? "-" : "+")) return null;
  return direction === "down" && !number.startsWith("-") ? `-${number}` : number;
}

function withoutUnit(text: string, unit: string | null | undefined): string {
  const plain = text.replaceAll("%", "");
  const of = wide(unit ?? "").replace(/^个/, "");
  if (of === "" || !plain.endsWith(of)) return plain;
  return plain.slice(0, -of.length).replace(/个$/, "");
}

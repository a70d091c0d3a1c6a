import { Decimal } from "decimal.js";
import type { Worry } from "../../schemas/indicator-words.js";

/** How much a piece of a sentence weighs: `watch` and `critical` alone are set off. */
export const TONES = ["plain", "strong", "watch", "critical"] as const;
export type Tone = (typeof TONES)[number];

export interface Piece {
  readonly text: string;
  readonly tone: Tone;
}

/** A view's sentence of finding in both languages, piece by piece. */
export interface Finding {
  readonly zh: readonly Piece[];
  readonly en: readonly Piece[];
}

/** The same thing said in both languages. */
export type Said = readonly [zh: string, en: string];

/** Puts a sentence together; `[text]` is plain, `[text, tone]` is not. */
export class Sentence {
  readonly #zh: Piece[] = [];
  readonly #en: Piece[] = [];

  say([zh, en]: Said, tone: Tone = "plain"): this {
    if (zh !== "") this.#zh.push({ text: zh, tone });
    if (en !== "") this.#en.push({ text: en, tone });
    return this;
  }

  get empty(): boolean {
    return this.#zh.length === 0;
  }

  finding(): Finding {
    return { zh: this.#zh, en: this.#en };
  }
}

const grouped = (text: string): string => {
  const [whole, rest] = text.split(".");
  const marked = whole!.replace(/\B(?=(\d{3})+$)/g, ",");
  return rest === undefined ? marked : `${marked}.${rest}`;
};
const fixed = (value: Decimal, places: number): string => {
  const text = grouped(value.abs().toFixed(places, Decimal.ROUND_HALF_UP));
  return value.isNegative() && /[1-9]/.test(text) ? `−${text}` : text;
};

const YI = new Decimal(100_000_000);
const WAN = new Decimal(10_000);

/** Yuan as 万元, from one 亿 on as 亿元; in English as millions. */
export function money(yuan: string): Said {
  const value = new Decimal(yuan);
  const zh = value.abs().gte(YI) ? `${fixed(value.div(YI), 2)} 亿元` : `${fixed(value.div(WAN), 2)} 万元`;
  return [zh, `${fixed(value.div(1_000_000), 2)} million yuan`];
}

/** Yuan without decimals: an average. */
export const yuan = (text: string): Said => [
  `${fixed(new Decimal(text), 0)} 元`,
  `${fixed(new Decimal(text), 0)} yuan`,
];
export const percent = (fraction: string): string => `${fixed(new Decimal(fraction).times(100), 1)}%`;
export const signedPercent = (fraction: string): string => {
  const value = new Decimal(fraction).times(100);
  const text = fixed(value, 1);
  return value.gt(0) && /[1-9]/.test(text) ? `+${text}%` : `${text}%`;
};
/** Points between two fractions, without sign. */
export const points = (fraction: string): Said => {
  const text = fixed(new Decimal(fraction).abs().times(100), 1);
  return [`${text} 个百分点`, `${text} points`];
};
export const plain = (text: string, places = 0): string => fixed(new Decimal(text), places);
export const count = (text: string | number): string => grouped(new Decimal(text).toFixed(0));
/** `2024-12-12` as a day of the year that is spoken of. */
export const day = (text: string): Said => {
  const [, month, date] = text.split("-").map(Number);
  const names = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
  ];
  names.push("November", "December");
  return [`${month} 月 ${date} 日`, `${date} ${names[month! - 1]}`];
};

export const isAbove = (a: string, b: number): boolean => new Decimal(a).gt(b);
export const isBelow = (a: string, b: number): boolean => new Decimal(a).lt(b);
export const isNear0 = (a: string, within: number): boolean => new Decimal(a).abs().lt(within);
export const compare = (a: string | null, b: string | null): number =>
  new Decimal(a ?? 0).comparedTo(new Decimal(b ?? 0));

/** Whether a change goes the way that worries. */
export const worries = (change: string, worry: Worry): boolean => {
  if (worry === "none") return false;
  if (worry === "both") return true;
  return worry === "up" ? new Decimal(change).gt(0) : new Decimal(change).lt(0);
};

/** Up, down or level, and by how much: `比上年同期上升 3.1%`. */
export function moved(changePct: string | null, than: Said = ["上年同期", "last year"]): Said {
  if (changePct === null) return [`没有${than[0]}数`, `nothing to compare with in ${than[1]}`];
  if (isNear0(changePct, 0.005)) return [`与${than[0]}持平`, `level with ${than[1]}`];
  const up = isAbove(changePct, 0);
  const by = percent(new Decimal(changePct).abs().toString());
  return [`比${than[0]}${up ? "上升" : "下降"} ${by}`, `${up ? "up" : "down"} ${by} on ${than[1]}`];
}

/** The same of a rate or share, whose change is in points. */
export function movedPoints(change: string | null, than: Said = ["上年同期", "last year"]): Said {
  if (change === null) return [`没有${than[0]}数`, `nothing to compare with in ${than[1]}`];
  if (isNear0(change, 0.005)) return [`与${than[0]}持平`, `level with ${than[1]}`];
  const up = isAbove(change, 0);
  const [zh, en] = points(change);
  return [`比${than[0]}${up ? "上升" : "下降"} ${zh}`, `${up ? "up" : "down"} ${en} on ${than[1]}`];
}

/** What is said where nothing stands out. */
export const NOTHING: Said = ["没有需要特别关注的变化。", "Nothing stands out."];
export const NO_DATA: Said = ["这一期间还没有数据。", "There are no data of this period yet."];

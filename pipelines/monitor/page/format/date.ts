import type { Lang } from "./lang.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const NB = "\u00a0";

/** "2024-06-30" → "6 月 30 日". */
export function dayText(day: string | null | undefined, lang: Lang): string {
  if (!day) return "—";
  const [, month, date] = day.slice(0, 10).split("-").map(Number);
  return lang === "zh" ? `${month}${NB}月${NB}${date}${NB}日` : `${date}${NB}${MONTHS[month - 1]}`;
}

/** "2024-06-30 18:25:24" or ISO → "18:25" as written: the clock of the jurisdiction. */
export const clockText = (instant: string | null | undefined): string => instant?.slice(11, 16) ?? "—";

export const instantText = (instant: string | null | undefined): string =>
  instant ? `${instant.slice(0, 10)} ${instant.slice(11, 16)}` : "—";

export function monthText(month: number, lang: Lang): string {
  return lang === "zh" ? `${month}${NB}月` : MONTHS[month - 1];
}

type Writes = (year: string, parts: readonly string[], zh: boolean) => string;

/** Each kind of period: how its code looks, how it is said. */
const KINDS: readonly (readonly [RegExp, Writes])[] = [
  [/^\d{4}H([12])$/, (y, [h], zh) => (zh ? `${y} 年${h === "1" ? "上" : "下"}半年` : `H${h} ${y}`)],
  [/^\d{4}Q([1-4])$/, (y, [q], zh) => (zh ? `${y} 年第${"一二三四"[Number(q) - 1]}季度` : `Q${q} ${y}`)],
  [
    /^\d{4}YTD(\d\d)$/,
    (y, [m], zh) => {
      const first = zh ? `${y} 年 1` : "Jan";
      if (Number(m) === 1) return zh ? `${first} 月` : `${first} ${y}`;
      return zh ? `${first} 至 ${Number(m)} 月` : `${first}–${MONTHS[Number(m) - 1]} ${y}`;
    },
  ],
  [/^\d{4}-(\d\d)$/, (y, [m], zh) => (zh ? `${y} 年 ${Number(m)} 月` : `${MONTHS[Number(m) - 1]} ${y}`)],
  [
    /^\d{4}-(\d\d)-(\d\d)$/,
    (y, [m, d], zh) =>
      zh ? `${y} 年 ${Number(m)} 月 ${Number(d)} 日` : `${Number(d)} ${MONTHS[Number(m) - 1]} ${y}`,
  ],
  [/^\d{4}$/, (y, _, zh) => (zh ? `${y} 年` : y)],
];

/** "2024H1" → "2024 年上半年"; every kind of period of the published file. */
export function periodText(period: string, lang: Lang): string {
  for (const [looks, write] of KINDS) {
    const found = looks.exec(period);
    if (found) return write(period.slice(0, 4), found.slice(1), lang === "zh");
  }
  return period;
}

/** Same span one year earlier: "2024H1" → "2023H1". */
export const yearBefore = (period: string): string => `${Number(period.slice(0, 4)) - 1}${period.slice(4)}`;

/** First and last month of a period, as numbers 1 to 12. */
export function monthsOf(period: string): [number, number] {
  const rest = period.slice(4);
  if (rest === "H1") return [1, 6];
  if (rest === "H2") return [7, 12];
  if (rest.startsWith("Q")) return [Number(rest[1]) * 3 - 2, Number(rest[1]) * 3];
  if (rest.startsWith("YTD")) return [1, Number(rest.slice(3))];
  if (rest.startsWith("-")) return [Number(rest.slice(1, 3)), Number(rest.slice(1, 3))];
  return [1, 12];
}

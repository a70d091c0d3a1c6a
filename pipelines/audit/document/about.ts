import type { PrintedDocument } from "./model.js";

/** What a document says that it is: its title, the period and the jurisdiction; null where it does not. */
export interface About {
  readonly title: string;
  /** As the published file names it: `2024H1`, `2024Q1`, `2024-05`, `2024`, `2024YTD09`. */
  readonly period: string | null;
  readonly jurisdiction: string | null;
}

const QUARTERS: Readonly<Record<string, number>> = {
  一: 1,
  二: 2,
  三: 3,
  四: 4,
  "1": 1,
  "2": 2,
  "3": 3,
  "4": 4,
};

/** Every period that a text names, in order. */
export function periodsIn(text: string): string[] {
  const found: [number, string][] = [];
  const add = (pattern: RegExp, name: (m: RegExpExecArray) => string | null): void => {
    for (const m of text.matchAll(pattern)) {
      const said = name(m as RegExpExecArray);
      if (said !== null) found.push([m.index, said]);
    }
  };
  add(/(20\d\d)\s*年?度?\s*(上|下)半年/g, (m) => `${m[1]}H${m[2] === "上" ? 1 : 2}`);
  add(/(20\d\d)\s*年?度?\s*第?\s*([一二三四1-4])\s*季度/g, (m) => `${m[1]}Q${QUARTERS[m[2]]}`);
  add(/(20\d\d)\s*年\s*(\d{1,2})\s*月?\s*[-—–~～至到]+\s*(\d{1,2})\s*月/g, (m) =>
    months(m[1], Number(m[2]), Number(m[3])),
  );
  add(/(20\d\d)\s*年\s*(\d{1,2})\s*月(?!\s*(?:\d|[-—–~～至到]|底|末|以来))/g, (m) =>
    months(m[1], Number(m[2]), Number(m[2])),
  );
  add(/(20\d\d)\s*年\s*(?:前三季度)/g, (m) => `${m[1]}YTD09`);
  add(/(20\d\d)\s*年?\s*(?:年度|全年|年(?=基本医|医疗保|医保|城乡|职工|居民))/g, (m) => m[1]);
  return found.sort((a, b) => a[0] - b[0]).map(([, name]) => name);
}

function months(year: string, from: number, to: number): string | null {
  if (from < 1 || to > 12 || from > to) return null;
  if (from === to) return `${year}-${String(from).padStart(2, "0")}`;
  if (to - from === 2 && from % 3 === 1) return `${year}Q${(from + 2) / 3}`;
  if (to - from === 5 && from % 6 === 1) return `${year}H${from === 1 ? 1 : 2}`;
  if (from === 1) return to === 12 ? year : `${year}YTD${String(to).padStart(2, "0")}`;
  return null;
}

/** Reads title, period and jurisdiction off the beginning of a document, and the period off all of it. */
export function aboutOf({ blocks }: PrintedDocument): About {
  const texts = blocks.flatMap((b) => (b.kind === "paragraph" ? [b.text.replace(/\s+/g, "")] : []));
  const front = texts.slice(0, 25);
  const named = front.filter((t) => /报告|公示|分析|情况|统计|总结|通报/.test(t) && t.length <= 60);
  const title =
    named.find((t) => periodsIn(t).length > 0) ?? named[0] ?? front.find((t) => t.length >= 4) ?? "";
  const counts = new Map<string, number>();
  for (const [i, t] of texts.entries())
    for (const p of periodsIn(t)) counts.set(p, (counts.get(p) ?? 0) + (t === title ? 20 : i < 25 ? 3 : 1));
  const period = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  const place = [title, ...front].map(
    (t) => /([\u4e00-\u9fff]{1,8}?(?:自治[县州]|[县市区旗州]))/.exec(t)?.[1],
  );
  const jurisdiction = place.find((p) => p !== undefined)?.replace(/^.*(?:关于|截止|全|截至)/, "") ?? null;
  return { title, period, jurisdiction };
}

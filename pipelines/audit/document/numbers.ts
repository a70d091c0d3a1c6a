import { narrow } from "./model.js";

/** A number in a text that may be a figure. */
export interface WrittenNumber {
  /** As it stands, without white space and unit: `1,234.5`, `-3.59`. */
  readonly printed: string;
  /** Digits without separators and sign. */
  readonly digits: string;
  /** Whether it has a sign of its own. */
  readonly sign: "+" | "-" | null;
  readonly unit: string | null;
  readonly start: number;
  /** Behind its unit. */
  readonly end: number;
}

/** Units of figures; the longest that fits is taken. */
export const UNITS = [
  ...[
    "万人次",
    "人次",
    "万人",
    "亿元",
    "万元",
    "元/人次",
    "元/人",
    "元/人·年",
    "元/床日",
    "元/天",
    "元",
    "人",
  ],
  ...[
    "个百分点",
    "百分点",
    "%",
    "天/人次",
    "天",
    "日/人次",
    "个月",
    "万",
    "亿",
    "家",
    "所",
    "个",
    "例",
    "名",
    "户",
    "次",
    "倍",
    "张",
    "件",
  ],
] as const;
/** What makes of a number a date, an ordinal or a name. */
const NO_FIGURE = [
  "季度",
  "年",
  "月",
  "日",
  "号",
  "级",
  "期",
  "时",
  "分钟",
  "分",
  "点",
  "岁",
  "类",
  "版",
  "条",
  "章",
  "页",
  "楼",
  "栋",
  "室",
  "周",
];

const TAIL = [...UNITS, ...NO_FIGURE]
  .sort((a, b) => b.length - a.length)
  .map((u) => u.replace(/[/%]/g, "\\$&"));
const NUMBER = new RegExp(
  `(?<![\\d.,A-Za-z])([-+−]?)(\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)(?![\\d])\\s*(${TAIL.join("|")})?`,
  "g",
);

/** Every number of a text that may be a figure: no dates, ordinals, years, numbers of documents or telephones. */
export function writtenNumbers(given: string): WrittenNumber[] {
  const text = narrow(given);
  const found: WrittenNumber[] = [];
  for (const m of text.matchAll(NUMBER)) {
    const [whole, sign, number, unit] = m;
    const start = m.index;
    const end = start + whole.trimEnd().length;
    const before = text.slice(Math.max(0, start - 6), start);
    const after = text.slice(end, end + 3);
    if (unit !== undefined && NO_FIGURE.includes(unit)) {
      // 7 日 may be a length of stay; only a date or an ordinal has a month or 第 before it.
      continue;
    }
    const digits = number.replaceAll(",", "");
    if (/[“"—–〔［[第/:：]$/.test(before) && !(unit || /[:：]$/.test(before))) continue;
    if (/[—–〔［[第]\s*$/.test(before) || /\d\s*[/:-]$/.test(before)) continue;
    if (/^\s*[—–〕］\]/:：-]\s*\d/.test(after) || /^[〕］\]]/.test(after)) continue;
    if (!unit && /^\s*[—–~至-]\s*\d/.test(text.slice(end, end + 6)) && digits.length <= 4) continue;
    // A number of a list: at the beginning of its clause, before a full stop or bracket.
    if (!unit && /(^|[\s(（。；;])$/.test(before) && /^\s*[.．、)）]/.test(after) && !digits.includes("."))
      continue;
    if (!unit && start === 0) continue;
    if (!unit && /^(19|20)\d{2}$/.test(digits) && /^\s*(上半|下半|全年|度|[年.])/.test(after)) continue;
    if (!unit && /^20\d{2,4}$/.test(digits) && /^\s*[月季年]/.test(after)) continue;
    if (
      !unit &&
      !digits.includes(".") &&
      (digits.length > 9 || /(电话|传真|联系|邮编|文号|编号|代码)[:：]?\s*$/.test(before))
    )
      continue;
    found.push({
      printed: `${sign}${number}`,
      digits,
      sign: sign === "" ? null : sign === "+" ? "+" : "-",
      unit: unit ?? null,
      start,
      end,
    });
  }
  return found;
}

/** A table's cell that holds a number, as written; arrows and words of growth are its sign. null for none. */
export function cellNumber(given: string): WrittenNumber | null {
  const text = narrow(given);
  const m =
    /^\s*([↑↓▲▼△▽＋+−-]|增长|增加|上升|提高|下降|降低|减少|增|减)?\s*([-+−]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(%|万元|亿元|元|人次|人|天|个百分点|百分点|家)?\s*([↑↓▲▼△▽])?\s*$/.exec(
      text,
    );
  if (m === null) return null;
  const down = /[↓▼▽−-]|下降|降低|减/.test(`${m[1] ?? ""}${m[2]}${m[5] ?? ""}`);
  const up = /[↑▲△+]|增|上升|提高/.test(`${m[1] ?? ""}${m[2]}${m[5] ?? ""}`);
  const start = text.indexOf(m[3]);
  return {
    printed: `${down ? "-" : ""}${m[3]}`,
    digits: m[3].replaceAll(",", ""),
    sign: down ? "-" : up ? "+" : null,
    unit: m[4] ?? null,
    start: down && /[-−]/.test(text[start - 1] ?? "") ? start - 1 : start,
    end: text.trimEnd().length,
  };
}

/** A cell without a figure: nothing, a dash, a stroke. */
export const isBlankCell = (text: string): boolean => /^\s*([-—–－/\\]+|无|)\s*$/.test(text);

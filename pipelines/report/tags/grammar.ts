import { type Unit, unitOf } from "./units.js";

/** What a tag asks of its figure; the words are the ones that stand in the tag. */
export const FORMS = {
  上年: "previous",
  增减: "change_size",
  差额: "change",
  同比: "change_pct",
  增幅: "change_pct_size",
  增减词: "change_word",
  同比词: "growth_word",
  升降词: "move_word",
  占比: "share",
  就医占比: "share_in_care",
  类别占比: "share_in_category",
  预算: "budget",
  比: "quotient",
  绝对值: "size",
} as const;
export type Form = (typeof FORMS)[keyof typeof FORMS] | "value";

/** Tests of a condition `{?增长 …}`. */
export const TESTS = {
  增长: "up",
  增加: "up",
  上升: "up",
  下降: "down",
  减少: "down",
  降低: "down",
  持平: "same",
  变: "changed",
  有: "some",
  无: "none",
  有上年: "known",
  可比: "comparable",
  正: "positive",
  负: "negative",
} as const;
export type Test = (typeof TESTS)[keyof typeof TESTS];

/** Words that stand for the period, the place and what a loop is at. */
export const WORDS = ["期间", "上年期间", "年份", "上年", "截止日", "辖区", "名称", "序号"] as const;
export type Word = (typeof WORDS)[number];

/** A figure as it is written: the indicator, then values of dimensions, with or without the dimension's name. */
export interface FigureText {
  readonly indicator: string;
  readonly values: readonly ValueText[];
}

/** One value, or several that are added up (`普通住院+外伤住院`). */
export interface ValueText {
  readonly dimension: string | null;
  readonly values: readonly string[];
}

/** How a figure is printed; null is the report setting. */
export interface Format {
  readonly unit: Unit;
  readonly decimals: number;
}

/** A chart: a bar or a slice for each member of `over`, a series for each figure. */
export interface ChartText {
  readonly kind: "chart";
  readonly over: readonly ValueText[];
  readonly loop: string;
  readonly series: readonly FigureTag[];
}

export interface FigureTag {
  readonly kind: "figure";
  readonly form: Form;
  readonly figure: FigureText;
  /** Of a quotient: what the figure stands over. */
  readonly over: FigureText | null;
  readonly format: Format | null;
}

export type Tag =
  | { readonly kind: "word"; readonly word: Word }
  | { readonly kind: "table"; readonly name: string }
  | { readonly kind: "cell"; readonly table: string; readonly row: string; readonly column: string }
  | { readonly kind: "notes" }
  | { readonly kind: "contents" }
  | { readonly kind: "loop"; readonly dimension: string; readonly values: readonly ValueText[] }
  | { readonly kind: "if"; readonly test: Test; readonly figure: FigureText }
  /** Whether a table exists and has rows in the period. */
  | { readonly kind: "if_table"; readonly name: string }
  | { readonly kind: "end" }
  | ChartText
  | FigureTag;

/** A tag that cannot be read: why, in words. */
export class TagProblem extends Error {}

const SEPARATOR = /[|｜]/;

/**
 * Reads what stands between the braces of a tag.
 * @throws TagProblem saying what is missing. Whether its names exist is not known here.
 */
export function parseTag(inner: string): Tag {
  const text = inner.replaceAll(/[\s\u3000\u00a0]+/g, " ").trim();
  if (text === "") throw new TagProblem("the tag is empty");
  if (text.startsWith("/")) return { kind: "end" };
  if (text.startsWith("#")) return loopTag(text.slice(1).trim());
  if (text.startsWith("?") || text.startsWith("？")) return conditionTag(text.slice(1).trim());
  if ((WORDS as readonly string[]).includes(text)) return { kind: "word", word: text as Word };
  if (text === "附注") return { kind: "notes" };
  if (text === "目录") return { kind: "contents" };
  const [head, rest] = firstWord(text);
  if (head === "表" && rest !== "") return tableTag(rest);
  if (head === "图" && rest !== "") return chartTag(rest);
  return figureTag(text);
}

/** `{表 名}` is a whole table, `{表 名|行|列}` one cell of it as it stands there. */
function tableTag(text: string): Tag {
  const [name, row, column, ...more] = parts(text);
  if (!row) return { kind: "table", name: name! };
  if (!column || more.length > 0) throw new TagProblem("a cell of a table is {表 名|行|列}");
  return { kind: "cell", table: name!, row, column };
}

function loopTag(text: string): Tag {
  const [dimension, ...values] = parts(text);
  if (!dimension) throw new TagProblem("a loop names a dimension: {#机构|县内}");
  return { kind: "loop", dimension, values: values.map(valueText) };
}

function conditionTag(text: string): Tag {
  const [word, rest] = firstWord(text);
  if (word === "表" && rest !== "") return { kind: "if_table", name: rest };
  const test = TESTS[word as keyof typeof TESTS];
  if (test === undefined || rest === "") {
    throw new TagProblem(
      `a condition is one of ${Object.keys(TESTS).join("、")} and a figure: {?增长 人次|居民}`,
    );
  }
  return { kind: "if", test, figure: figureText(rest) };
}

/** `{图 区域|居民|住院: 人次, 上年 人次}`: what stands on the axis, then the figures of each of its members. */
function chartTag(text: string): Tag {
  const at = text.search(/[:：]/);
  if (at < 1)
    throw new TagProblem("a chart names its axis and its figures: {图 区域|居民|住院: 人次, 上年 人次}");
  const loop = loopTag(text.slice(0, at).trim());
  if (loop.kind !== "loop") throw new TagProblem("a chart names its axis first");
  const series = text
    .slice(at + 1)
    .split(/[,，、]/)
    .map((s) => figureTag(s.trim()));
  return { kind: "chart", loop: loop.dimension, over: loop.values, series };
}

function figureTag(text: string): FigureTag {
  const { body, format } = splitFormat(text);
  const [head, rest] = firstWord(body);
  const form = FORMS[head as keyof typeof FORMS];
  if (form === undefined || rest === "") {
    return { kind: "figure", form: "value", figure: figureText(body), over: null, format };
  }
  if (form !== "quotient") return { kind: "figure", form, figure: figureText(rest), over: null, format };
  const halves = rest.split(/ [/÷] /);
  if (halves.length !== 2)
    throw new TagProblem("a quotient names two figures: {比 统筹支付|居民 / 总费用|居民}");
  const [figure, over] = halves.map((h) => figureText(h.trim()));
  return { kind: "figure", form, figure: figure!, over: over!, format };
}

function splitFormat(text: string): { readonly body: string; readonly format: Format | null } {
  const match = /^(.*\S)\s*[:：]\s*([^|｜:：=]+)$/.exec(text);
  if (!match) return { body: text, format: null };
  const [, body, suffix] = match;
  const [, unit, decimals] = /^(.*?)(?:\.(\d))?$/.exec(suffix!.trim())!;
  const known = unitOf(unit!);
  if (known === null)
    throw new TagProblem(`unit "${unit}": one of 元、万元、亿元、%、‰、人次、人、天、万人、倍、月`);
  return {
    body: body!,
    format: { unit: known, decimals: decimals === undefined ? known.decimals : Number(decimals) },
  };
}

function figureText(text: string): FigureText {
  const [indicator, ...values] = parts(text);
  if (!indicator) throw new TagProblem("a figure begins with an indicator: {人次|居民|住院}");
  return { indicator, values: values.map(valueText) };
}

function valueText(text: string): ValueText {
  const at = text.search(/[=＝]/);
  if (at === 0 || at === text.length - 1)
    throw new TagProblem(`"${text}": a dimension and its value, as 区域=县内`);
  const list = (t: string): string[] => t.split(/[+＋]/).map((v) => v.trim());
  const values = list(at < 0 ? text : text.slice(at + 1));
  if (values.some((v) => v === "")) throw new TagProblem(`"${text}": a value is missing`);
  return { dimension: at < 0 ? null : text.slice(0, at).trim(), values };
}

const parts = (text: string): string[] => text.split(SEPARATOR).map((p) => p.trim());

function firstWord(text: string): [string, string] {
  const at = text.indexOf(" ");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1).trim()];
}

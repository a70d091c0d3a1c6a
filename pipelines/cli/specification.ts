import { reportTables } from "../../connectors/duckdb/reports/tables.js";
import { configSchema } from "../../schemas/config/schema.js";
import {
  DEFAULT_DAY_GROUPINGS,
  DEFAULT_GROUPINGS,
  DEFAULT_PERSON_GROUPINGS,
} from "../../schemas/dimensions.js";
import { FACT_INDICATORS } from "../../schemas/fact-indicators.js";
import { wordsOf } from "../../schemas/indicator-words.js";
import {
  DIP_INDICATORS,
  ENROLMENT_INDICATORS,
  FUND_INDICATORS,
  type GivenIndicator,
  INDICATORS,
  type Term,
} from "../../schemas/indicators.js";
import { NATIONAL_CATEGORIES } from "../../schemas/input/national-categories.js";
import { STREAM_NAMES, STREAMS } from "../../schemas/input/streams.js";
import { DIMENSION_LABELS, listLabels, PERSON_GROUP_LABELS } from "../../schemas/labels.js";
import { DIMENSION_ZH } from "../../schemas/published/store.js";

type Language = "en" | "zh";
type Row = readonly string[];

/**
 * The lists of the specification that stand in the program already, by the name that the page has between
 * `<!-- generated: name -->` and `<!-- end -->`. Markdown, without a line end.
 */
const PARTS: Readonly<Record<string, (language: Language) => string>> = {
  streams: (l) =>
    table(
      l === "en"
        ? ["stream", "default topic", "Avro record", "key"]
        : ["数据流", "默认主题", "Avro 记录名", "主键"],
      STREAM_NAMES.map((name) => {
        const { topic, record, key } = STREAMS[name];
        return [`[\`${name}\`](#${name})`, code(topic), code(record), key.map(code).join(" + ")];
      }),
    ),
  dimensions: (l) =>
    table(l === "en" ? ["dimension", "中文", "values"] : ["维度", "中文", "取值"], [
      ["`insurance`", "险种", labelled("insurance")],
      ...Object.entries(DIMENSION_ZH).map(([name, zh]) => [code(name), zh, labelled(name)]),
    ]),
  categories: (l) => table(l === "en" ? ["`med_type`", "category", "care"] : CATEGORY_HEAD_ZH, categories()),
  groupings: () => list(DEFAULT_GROUPINGS),
  "person-groupings": () => list(DEFAULT_PERSON_GROUPINGS),
  "day-groupings": () => list(DEFAULT_DAY_GROUPINGS),
  "printed-tables": (l) =>
    table(
      l === "en" ? ["table of `报表`", "insurance", "id"] : ["`报表` 中的表", "险种", "标识"],
      reportTables(PLAIN).map((t) => [t.name, t.insurance, code(t.id)]),
    ),
  indicators: (l) =>
    indicatorTable(
      l,
      INDICATORS.filter((i) => i.denominator !== null).map((i) => [
        ...named(i, l),
        l === "en" ? `${term(i.numerator)} / ${term(i.denominator!)}` : i.formula,
      ]),
    ),
  "enrolment-indicators": (l) => indicatorTable(l, given(ENROLMENT_INDICATORS, l)),
  "fund-indicators": (l) => indicatorTable(l, given(FUND_INDICATORS, l)),
  "dip-indicators": (l) => indicatorTable(l, given(DIP_INDICATORS, l)),
  "reported-indicators": (l) =>
    indicatorTable(
      l,
      FACT_INDICATORS.map((i) => [...named(i, l), i.formula]),
      l === "en" ? "what is reported" : "内容",
    ),
};

/** A configuration with every default. */
const PLAIN = configSchema.parse({
  jurisdiction: { name: "-", admdvs: "620725", level: "county" },
  source: { kind: "folder" },
  privacy: { personKey: "-" },
});

const CATEGORY_HEAD_ZH = ["`med_type`", "医疗类别", "就医类型"];

const code = (name: string): string => `\`${name}\``;
const list = (names: readonly string[]): string => names.map(code).join(", ");

const table = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** An indicator's name, what it is called, and its unit. */
const named = (i: { name: string; zh: string; unit: string }, l: Language): Row =>
  l === "en" ? [code(i.name), wordsOf(i.name).en, i.zh, i.unit] : [code(i.name), i.zh, i.unit];

const indicatorTable = (l: Language, rows: readonly Row[], last?: string): string =>
  table(
    l === "en"
      ? ["indicator", "name", "中文", "unit", last ?? "formula"]
      : ["指标", "中文", "单位", last ?? "公式"],
    rows,
  );

/** Values of a dimension with their labels; an open list has none. */
function labelled(dimension: string): string {
  const labels = dimension === "person_group" ? PERSON_GROUP_LABELS : DIMENSION_LABELS[dimension];
  return labels === undefined ? "" : listLabels(labels);
}

/** Codes of one category in one row. */
function categories(): Row[] {
  const rows = new Map<string, { codes: string[]; row: Row }>();
  for (const { med_type, category, care } of NATIONAL_CATEGORIES) {
    const known = rows.get(category);
    if (known) known.codes.push(code(med_type));
    else rows.set(category, { codes: [code(med_type)], row: [category, code(care)] });
  }
  return [...rows.values()].map(({ codes, row }) => [codes.join(", "), ...row]);
}

const WHOLE_OF: Readonly<Record<string, string>> = {
  total: "of the insurance",
  care: "of the care",
  category: "of the category",
};

/** A term of a settlement indicator; the whole of a share in words. */
function term(name: Term): string {
  const [, whole, measure] = /^(total|care|category)_(.+)$/.exec(name) ?? [];
  if (name === "enrolled") return "`enrolled`";
  return whole === undefined ? code(name) : `${code(measure)} ${WHOLE_OF[whole]}`;
}

function given(indicators: readonly GivenIndicator<string>[], l: Language): Row[] {
  const sum = (terms: readonly string[]): string =>
    terms
      .map(
        (t, i) => `${t.startsWith("-") ? (i === 0 ? "−" : " − ") : i === 0 ? "" : " + "}${code(t.slice(1))}`,
      )
      .join("");
  const side = (terms: readonly string[]): string => (terms.length > 1 ? `(${sum(terms)})` : sum(terms));
  return indicators.map((i) => {
    const divisor = i.denominator && (i.perMonth ? `(${sum(i.denominator)} / months)` : side(i.denominator));
    const formula = divisor === null ? sum(i.numerator) : `${side(i.numerator)} / ${divisor}`;
    return [...named(i, l), l === "en" ? formula : i.formula];
  });
}

const PART = /(<!-- generated: ([a-z-]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/**
 * A page of the specification with its generated parts made anew.
 * @throws Error where the page names a part that is none
 */
export function withGeneratedParts(page: string, language: Language): string {
  return page.replace(PART, (_, begin: string, name: string, end: string) => {
    const part = PARTS[name];
    if (part === undefined) throw new Error(`no generated part is called ${name}`);
    return `${begin}${part(language)}\n${end}`;
  });
}

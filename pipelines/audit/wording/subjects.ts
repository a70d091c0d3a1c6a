import type { CategoryLine } from "../../../schemas/labels.js";

/** What a word of a key or an id, or a Chinese label, covers: a line of the configuration, categories, a care. */
export interface Subject {
  readonly care?: string;
  /** Line of `report.categories`; with an empty list there, the whole care. */
  readonly line?: CategoryLine;
  readonly categories?: readonly string[];
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  inpatient: { care: "inpatient", line: "inpatient" },
  outpatient: { care: "outpatient" },
  pharmacy: { care: "pharmacy" },
  outpatient_chronic: { line: "chronic" },
  chronic: { line: "chronic" },
  outpatient_general: { line: "general" },
  general: { line: "general" },
  two_diseases: { line: "two" },
  two_disease: { line: "two" },
  negotiated_drugs: { line: "negotiated" },
  negotiated_drug: { line: "negotiated" },
  day_surgery: { categories: ["日间手术"] },
  reproductive: { categories: ["生殖门诊"] },
  personal_account: { care: "pharmacy", categories: ["个人账户"] },
  injury: { categories: ["外伤住院"] },
  psychiatric: { categories: ["精神病住院"] },
  single_disease: { categories: ["单病种住院"] },
  maternity: { care: "maternity" },
};

export const SUBJECT_WORDS: readonly string[] = Object.keys(SUBJECTS);
export const subjectOf = (word: string): Subject | null => SUBJECTS[word] ?? null;

/** Chinese labels of lines, the more particular first. */
const LABELS: readonly (readonly [RegExp, string])[] = [
  [/两病/, "two_diseases"],
  [/慢/, "chronic"],
  [/谈判|国谈|单独支付/, "negotiated_drugs"],
  [/普通门诊|门诊统筹|门诊共济/, "general"],
  [/个人账户|药店/, "personal_account"],
  [/日间/, "day_surgery"],
  [/外伤/, "injury"],
  [/精神/, "psychiatric"],
  [/单病种/, "single_disease"],
  [/生殖/, "reproductive"],
  [/生育/, "maternity"],
  [/住院/, "inpatient"],
  [/门诊/, "outpatient"],
];

/** The subject of a Chinese label, or null. */
export const subjectOfLabel = (label: string): string | null =>
  LABELS.find(([pattern]) => pattern.test(label))?.[1] ?? null;

/** Words of keys and ids that name where somebody was treated. `province` depends on whether 市内 stands beside. */
export const PLACE_WORDS: Readonly<Record<string, string>> = {
  in_county: "county",
  local: "own",
  in_city: "city",
  in_province: "province",
  cross_province: "national",
  nonlocal: "away",
};

const REGION_LABELS: readonly (readonly [RegExp, string])[] = [
  [/^(本地|本市|统筹区内|local)/, "own"],
  [/^(县(域)?内|区内|本县|in_county)/, "county"],
  [/^市外省内/, "province"],
  [/跨省|省外|cross_province/, "national"],
  [/^(市(域)?内|县外市内)|in_city/, "city"],
  [/省内|in_province/, "province"],
  [/^(异地|县域?外|市外|统筹区外|nonlocal)/, "away"],
];
/** `own` (the place of the pool), `county`, `city`, `province`, `national` or `away` (anywhere but the county) of a label, or null. */
export const regionOfLabel = (label: string): string | null =>
  REGION_LABELS.find(([pattern]) => pattern.test(label.trim()))?.[1] ?? null;

/** Tiers of a label, with 及以下 and 及以上 all on that side; null where it names none. Without a tier is "0". */
export function tiersOfLabel(label: string): readonly string[] | null {
  if (/未定级|未评级|无级/.test(label)) return ["0"];
  const [, word, side] = /([一二三])级(及?以[下上])?/.exec(label) ?? [];
  if (word === undefined) return null;
  const tier = "一二三".indexOf(word) + 1;
  const below = side?.endsWith("下") ? 0 : tier;
  const above = side?.endsWith("上") ? 3 : tier;
  return [0, 1, 2, 3].filter((t) => t >= below && t <= above).map(String);
}

/** Words of places, tiers and channels, and those that add nothing to them. */
const PLACE_LABEL_WORDS =
  /县外市内|市外省内|统筹区[内外]|县域?[内外]|区[内外]|市域?[内外]|省[内外]|跨省|本[地县市]|异地|未定级|未评级|无级别?|[一二三]级(及?以[下上])?|个人|零星|手工|中心报销|直接|联网|住院|就医|就诊|医疗机构|医院|结算|报销|患者|local|nonlocal|in_city|in_county|in_province|cross_province|manual|direct/g;
/** What is left of a label of a place, tier or channel when all words that are understood are taken out. */
export const unreadOf = (label: string): string =>
  plain(label)
    .replaceAll(PLACE_LABEL_WORDS, "")
    .replaceAll(/[、，,()（）]/g, "");

export const channelOfLabel = (label: string): string | null =>
  /零星|手工|中心报销|manual/.test(label) ? "manual" : /直接结算|联网|direct/.test(label) ? "direct" : null;

export const personGroupOfLabel = (label: string): string | null =>
  /在职/.test(label)
    ? "active"
    : /退休/.test(label)
      ? "retired"
      : /机关/.test(label)
        ? "government"
        : /事业/.test(label)
          ? "institution"
          : /企业/.test(label)
            ? "enterprise"
            : null;

/** Blanks and the marks of quotations, which prints set in many ways. */
export const plain = (label: string): string => label.replaceAll(/[\s“”"'「」]/g, "");

import { FORMS, type Reading } from "./evidence/book.js";
import { decimalsOf } from "./evidence/units.js";
import type { JudgedFigure } from "./evidence/verdict.js";

/** Units that a tag may ask for. */
const UNITS = /^(元|万元|亿元|%|百分点|人次|人|天|月|万人|万人次)$/;

/**
 * The tag that prints a figure as it stands in the document: dimensions by their names and codes, so that no
 * other figure can be meant. null where the template language has no tag for it.
 */
export function tagOf({ found }: JudgedFigure): string | null {
  const { reading } = found;
  if (reading === null) return null;
  const { figure } = reading;
  const { members, insurance } = figure.scope;
  if (figure.indicator.includes("@") || (/_rate$/.test(figure.indicator) && figure.made !== null))
    return null;
  if ([...members.values()].some((m) => m.includes("booked"))) return null;
  const places = [...members].map(([d, m]) => (d === "other" ? m.split(",").join("|") : `${d}=${m}`));
  const unit = unitIn(found.unit, reading);
  if (unit === null) return null;
  const suffix = `:${unit}.${decimalsOf(found.printed.replace(/[,+−-]/g, ""))}`;
  // Sentences say the direction in words, tables by a sign.
  const prefix = prefixOf(reading, /^[-−+]/.test(found.printed), found.table !== null);
  return `{${prefix}${[figure.indicator, `insurance=${insurance}`, ...places].join("|")}${suffix}}`;
}

function prefixOf(reading: Reading, signed: boolean, inTable: boolean): string {
  const { form, figure } = reading;
  if (form === "change") return signed || inTable ? "差额 " : "增减 ";
  if (form === "change_pct") return signed || inTable ? "同比 " : "增幅 ";
  const value = figure.values[FORMS.indexOf(form)] ?? 0;
  const size = value < 0 && !signed ? "绝对值 " : "";
  return form === "previous" ? `${size}上年 ` : size;
}

function unitIn(printed: string | null, reading: Reading): string | null {
  const { figure, form } = reading;
  if (form === "change_pct") return "%";
  if (figure.unit === "fraction") return form === "change" ? "百分点" : "%";
  if (printed !== null) {
    const plain = printed.replace(/^个/, "").replace(/\/.*$/, "").replace(/^万$/, "万元");
    if (UNITS.test(plain)) return plain;
  }
  const own: Readonly<Record<string, string>> = {
    visit: "人次",
    person: "人",
    yuan: "万元",
    per: "元",
    day: "天",
    ratio: "倍",
    month: "月",
  };
  return own[figure.kind] ?? null;
}

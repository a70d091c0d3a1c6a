import type { Form } from "../arithmetic/quantity.js";
import { SHARE, STEMS } from "./vocabulary.js";

/** What a Chinese heading says; `prefixes` are words as keys have them before a stem. */
export interface Heading {
  readonly stem: string | null;
  readonly form: Form | null;
  readonly prefixes: readonly string[];
}

/** What a piece of a heading adds; null: it changes nothing. */
type Piece = { readonly stem: string } | { readonly form: Form } | { readonly prefix: string } | null;
const stem = (name: string): Piece => ({ stem: name });
const form = (name: Form): Piece => ({ form: name });
const prefix = (name: string): Piece => ({ prefix: name });

/** Pieces of headings, the longer first; what none of them matches was not understood. */
const PIECES: readonly (readonly [RegExp, Piece])[] = [
  [/^(较|比)?(同比|上年同期|上年|去年同期|去年)?(增长率|增长幅度|增幅|增速|增长)/, form("growth")],
  [/^(较|比)?(同比|上年同期|上年|去年同期|去年)?(增减额|增减|增加额|增加|减少|变化)/, form("difference")],
  [/^同比/, form("growth")],
  [/^(上年同期|上年|去年同期|去年)/, form("previous")],
  [/^(本期|本年|今年|当期(?!结余))/, form("value")],
  [/^人次人头比/, stem("visits_per_head")],
  [/^住院率/, stem("hospitalization_rate")],
  [/^(平均|次均)住院(床日|天数|日)/, stem("avg_bed_days")],
  [/^(次均|例均)(报销|补偿)(费用|金额)?/, stem("avg_reimbursed")],
  [/^(次均|例均)(住院|门诊|医疗|医药)?(总)?费用?/, stem("avg_fee")],
  [/^人均(住院|门诊|医疗|医药)?(总)?费用?/, stem("fee_per_head")],
  [/^基金支付(比例|比|率)/, stem("fund_rate")],
  [/^政策(范围)?内(住院)?(实际)?(报销|补偿)(比例|比|率)/, stem("reimb_rate_in_scope")],
  [/^(基本段|统筹(基金)?)(实际)?(支付|报销|补偿)?(比例|比|率)/, stem("pool_rate")],
  [/^实际(住院)?(报销|补偿)(比例|比|率)/, stem("reimb_rate")],
  [/^(报销|补偿)(比例|比|率)/, stem("reimb_rate")],
  [/^按病种(付费)?执行率|^执行率/, stem("case_paid_rate")],
  [/^按病种(付费)?(人次|例数)/, stem("case_paid_visits")],
  [/^大病(保险)?(报销|补偿|享受待遇|享受)?人次/, stem("critical_visits")],
  [/^大额(医疗)?(补助|报销|补偿|享受待遇|享受)?人次/, stem("large_visits")],
  [/^(医疗)?救助人次/, stem("aid_visits")],
  [/^公务员(医疗)?补助人次/, stem("civil_servant_visits")],
  [/^个人账户(支付|使用)?人次/, stem("account_visits")],
  [/^大病(保险)?(报销|支付|补偿|赔付)?(费用|金额|资金)?/, stem("critical_paid")],
  [/^大额(医疗)?(补助|报销|支付|补偿)?(费用|金额|资金)?/, stem("large_paid")],
  [/^(医疗)?救助(报销|支付|补助)?(费用|金额|资金)?/, stem("aid_paid")],
  [/^公务员(医疗)?(补助|支付)(费用|金额|资金)?/, stem("civil_servant_paid")],
  [/^个人账户(支付|支出)(费用|金额)?/, stem("account_paid")],
  [/^(现金支付|个人现金支付)(费用|金额)?/, stem("cash_paid")],
  [/^(政策范围内|范围内|合规)(医疗|住院)?(总)?费用?/, stem("in_scope_fee")],
  [/^(基本医保|统筹(基金)?)(支付|报销|支出|补偿)(费用|金额|总额|合计)?/, stem("basic_paid")],
  [/^基金支付(总额|合计)/, stem("fund_paid_total")],
  [/^(占比|比重|所占比例)/, stem(SHARE)],
  [/^参保(总)?人数|^参保人员/, stem("insured")],
  [/^(实际)?缴费人数/, stem("paying")],
  [/^(总)?人次(数)?/, stem("visits")],
  [/^(总)?人(数|头)/, stem("heads")],
  [/^(总)?床日(数)?/, stem("bed_days")],
  [/^(医疗|医药)?总?费用(总额|合计)?/, stem("fee_total")],
  [/^(报销|补偿)(费用|金额)?(合计|总额)|^(报销|补偿)(费用|金额)/, stem("reimb_total")],
  [/^累计结余/, stem("balance_cumulative")],
  [/^当期结余/, stem("balance_period")],
  [/^(可支付月数|可支付月份|可支付月)/, stem("months_payable")],
  [/^(基金)?收入/, stem("income")],
  [/^(基金)?支出/, stem("fund_spend")],
  [/^(城镇)?职工(基本)?(医疗保险|医保)?/, prefix("employee")],
  [/^(城乡)?居民(基本)?(医疗保险|医保)?/, prefix("resident")],
  [/^(县(域)?内|区内)/, prefix("in_county")],
  [/^市(域)?内/, prefix("in_city")],
  [/^(跨省异地|跨省|省外)/, prefix("cross_province")],
  [/^(省内异地|省内)/, prefix("in_province")],
  [/^(门诊慢特病|慢特病|门诊慢性特殊疾病)/, prefix("chronic")],
  [/^(门诊)?[“"]?两病[”"]?/, prefix("two_diseases")],
  [/^(普通门诊|门诊(统筹|共济)(?!基金|支付|报销|支出|补偿))/, prefix("general")],
  [/^住院/, prefix("inpatient")],
  [/^门诊/, prefix("outpatient")],
  [/^(其中[:：]?|的|和|医保|待遇享受|享受待遇|实际|就诊|就医|同期|[/、:：-])/, null],
];

/**
 * Reads a heading from its first to its last word.
 * @returns the words that were not understood as a text
 */
export function readHeading(label: string, year: number): Heading | string {
  let rest = label
    .replaceAll(/\s+/g, "")
    .replaceAll(/[(（](亿元|万元|元|%|％|‰|百分点|万人次|万人|人次|人|天)[)）]/g, "");
  let found: string | null = null;
  let shown: Form | null = null;
  const prefixes: string[] = [];
  while (rest !== "") {
    const dated = /^(\d{4})年(度)?/.exec(rest);
    if (dated) {
      const behind = year - Number(dated[1]);
      if (behind !== 0 && behind !== 1) return dated[0];
      shown = behind === 1 ? "previous" : (shown ?? "value");
      rest = rest.slice(dated[0].length);
      continue;
    }
    const hit = PIECES.find(([pattern]) => pattern.test(rest));
    if (hit === undefined) return rest;
    const [pattern, piece] = hit;
    const length = pattern.exec(rest)?.[0].length ?? 0;
    if (length === 0) return rest;
    if (piece !== null) {
      if ("stem" in piece) {
        // 费用占比: the share of what stands before it.
        if (found !== null && piece.stem !== SHARE) return rest;
        found = found === null ? piece.stem : `${found}_${SHARE}`;
      } else if ("form" in piece) shown = piece.form;
      else if (!prefixes.includes(piece.prefix)) prefixes.push(piece.prefix);
    }
    rest = rest.slice(length);
  }
  return { stem: found, form: shown, prefixes };
}

/** Why a heading's year or months are not what the report is about; null where they are, or it says none. */
export function otherTime(label: string, form: Form, period: { from: string; to: string }): string | null {
  const text = label.replaceAll(/\s+/g, "");
  const year = /(?<!\d)(\d{4})年/.exec(text);
  const meant = Number(period.to.slice(0, 4)) - (form === "previous" ? 1 : 0);
  if (year && (form === "value" || form === "previous") && Number(year[1]) !== meant) return year[0];
  const months = /(\d{1,2})[-—–~至](\d{1,2})月/.exec(text);
  if (months === null) return null;
  const [from, to] = [period.from, period.to].map((d) => Number(d.slice(5, 7)));
  return Number(months[1]) === from && Number(months[2]) === to ? null : months[0];
}

/**
 * Word of a heading that the stem of its key does not say: an amount is no mean, what people bear themselves
 * is nobody's payment, and what is added up since January is no quarter's. Null where there is none.
 */
export function otherThanKey(label: string, stemName: string, from: string): string | null {
  const formula = STEMS[stemName];
  if (formula === undefined) return null;
  const mean = /次均|例均|人均/.exec(label);
  if (mean && !formula.bottom) return mean[0];
  const own = /个人负担|个人自付|自付|自费|目录外|目录内/.exec(label);
  if (own && !/^(cash_paid|account_paid)$/.test(stemName)) return own[0];
  const sofar = /累计/.exec(label);
  return sofar && from.slice(5) !== "01-01" && !/^balance/.test(stemName) ? sofar[0] : null;
}

/** How a figure is shown, by its unit: points and amounts are differences, a percentage of an amount is growth. */
export function formByUnit(stemName: string, form: Form, unit: string | null): Form {
  if (
    form === "growth" &&
    unit !== null &&
    /^(百分点|pp|人次|万人次|人|万人|元|万元|亿元|天|yuan|wan|yi)$/.test(unit)
  )
    return "difference";
  const ratio = STEMS[stemName]?.bottom !== undefined || stemName === SHARE;
  return form === "difference" && (unit === "%" || unit === "pct") && !ratio ? "growth" : form;
}

/** Whether a figure of a stem can have a unit. */
export function unitFits(stemName: string, form: Form, unit: string | null): boolean {
  if (unit === null || unit === "" || form === "growth" || form === "ofPrevious") return true;
  const formula = STEMS[stemName];
  if (stemName === SHARE || stemName.endsWith(`_${SHARE}`)) return /^(%|‰|百分点)$/.test(unit);
  if (formula === undefined) return true;
  const money = /元$/.test(unit);
  const rated = /^(%|‰|百分点)$/.test(unit);
  const top = formula.top.plus[0] ?? "";
  const counts = /visits|persons|bed_days|enrolled|cases|months/;
  if (formula.bottom) {
    const mean = counts.test(formula.bottom.plus[0] ?? "") && !counts.test(top);
    return mean ? money : !money;
  }
  return counts.test(top) ? !money && !rated : money;
}

/** Unit of money that a title gives for its whole table. */
export const unitOfTitle = (title: string): string | null =>
  /单位[:：](亿元|万元|元)/.exec(title.replaceAll(/\s+/g, ""))?.[1] ?? null;

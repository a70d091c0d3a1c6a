import { compared, comparedRate, grown, grownRate } from "./phrases.js";

const INSURED = ["居民", "职工"] as const;
const each = (text: (word: string) => string): string => INSURED.map(text).join("\n");

const stays = (word: string): string => {
  const s = `${word}|报表住院`;
  return `${word}医保住院{人次|${s}}人次${compared(`人次|${s}`, "人次")}；住院总费用{总费用|${s}}万元${compared(`总费用|${s}`, "万元")}；次均住院费用{次均费用|${s}}元${compared(`次均费用|${s}`, "元")}；报销{报销金额|${s}}万元${compared(`报销金额|${s}`, "万元")}；次均报销{次均报销|${s}}元${compared(`次均报销|${s}`, "元")}；政策范围内报销比例{政策范围内报销比例|${s}}%${comparedRate(`政策范围内报销比例|${s}`)}；实际报销比例{实际报销比例|${s}}%${comparedRate(`实际报销比例|${s}`)}；平均住院床日{平均住院床日|${s}}天${compared(`平均住院床日|${s}`, "天")}；住院率{住院率|${s}}%${grownRate(`住院率|${s}`)}。`;
};

const fund = (word: string): string =>
  `{?有 收入|${word}}${word}医保基金收入{收入|${word}}万元${compared(`收入|${word}`, "万元")}；{/}{?有 支出|${word}}记账支出{支出|${word}}万元${compared(`支出|${word}`, "万元")}；{/}{?有 累计结余|${word}}当期结余{当期结余|${word}}万元，累计结余{累计结余|${word}}万元，可支付{可支付月数|${word}:月.1}个月；{/}${word}医保待遇支出{基金支出|${word}|报表合计}万元${compared(`基金支出|${word}|报表合计`, "万元")}。`;

/** 市级季度运行分析: every line with its comparison to the same period of last year. */
export const CITY_QUARTER = `
% {辖区}{期间}
% 医疗保障基金运行分析
@contents
# 一、参保情况
${each((w) => `${w}医保参保{参保人数|${w}:人}人${compared(`参保人数|${w}`, "人", ":人")}。`)}
${each((w) => `@table ${w}医保分县区参保情况表`)}
# 二、基金收支情况
${each(fund)}
@landscape
${each((w) => `@table ${w}医保分县区基金收支情况表`)}
@portrait
# 三、住院待遇情况
${each((w) => `## ${w === "居民" ? "（一）" : "（二）"}${w}医保\n${stays(w)}\n按就医地分：{#区域|${w}|报表住院}{名称}{人次|${w}|报表住院}人次${grown(`人次|${w}|报表住院`)}，次均费用{次均费用|${w}|报表住院}元${grown(`次均费用|${w}|报表住院`)}；{/}合计{人次|${w}|报表住院}人次。\n@chart bar ${w}医保住院人次（按就医地）{图 区域|${w}|报表住院: 人次, 上年 人次}\n@chart bar ${w}医保住院人次（按医疗机构等级）{图 等级|${w}|报表住院: 人次, 上年 人次}\n@table ${w}医保各区域住院率增长明细表\n@table ${w}医保住院次均费用增长明细表`)}
@landscape
${each((w) => `@table ${w}医保住院分机构类别情况表\n@table ${w}医保分县区医疗机构住院情况表`)}
@portrait
# 四、门诊待遇情况
${each((w) => `${w}医保门诊{人次|${w}|门诊}人次${compared(`人次|${w}|门诊`, "人次")}；基金支出{基金支出|${w}|门诊}万元${compared(`基金支出|${w}|门诊`, "万元")}。其中：{#类别|${w}|门诊}{名称}{人次|${w}|门诊}人次${grown(`人次|${w}|门诊`)}，支出{基金支出|${w}|门诊}万元${grown(`基金支出|${w}|门诊`)}；{/}次均费用{次均费用|${w}|门诊}元${grown(`次均费用|${w}|门诊`)}。\n@table ${w}医保门诊分类别情况表`)}
# 五、医疗救助情况
医疗救助{救助享受人次}人次${compared("救助享受人次", "人次")}；支付救助资金{医疗救助支付}万元${compared("医疗救助支付", "万元")}。
@table 医疗救助分县区情况表
# 六、异地就医情况
@table 跨省异地就医直接结算情况表
# 七、基金监管情况
{?有 检查机构数}检查定点机构{检查机构数}家{?有 处理机构数}，处理{处理机构数}家{/}{?有 追回本金}，追回本金{追回本金}万元{/}{?有 违约金与罚款}，违约金与罚款{违约金与罚款}万元{/}。{/}{?无 检查机构数}本期无上报数据。{/}
@table 基金监管情况表
@notes
`;

/** 市级半年分县区统计: the city's divisions side by side. */
export const CITY_DISTRICTS = `
% {辖区}{期间}
% 医疗保障分县区统计
# 一、参保情况
${each((w) => `@table ${w}医保分县区参保情况表`)}
# 二、参保人员住院情况
${each((w) => `${w}医保住院{人次|${w}|住院}人次${grown(`人次|${w}|住院`)}，住院率{住院率|${w}|住院}%${grownRate(`住院率|${w}|住院`)}。\n${districts(w)}\n@chart columns ${w}医保各县区住院人次{图 县区|${w}|住院: 人次, 上年 人次}`)}
@landscape
# 三、医疗机构住院情况
${each((w) => `@table ${w}医保分县区医疗机构住院情况表`)}
# 四、基金收支情况
${each((w) => `@table ${w}医保分县区基金收支情况表`)}
# 五、医疗救助情况
@table 医疗救助分县区情况表
@notes
`;

function districts(word: string): string {
  const s = `${word}|住院`;
  const row = [
    `{人次|${s}}`,
    `{同比 人次|${s}}`,
    `{住院率|${s}}`,
    `{总费用|${s}}`,
    `{次均费用|${s}}`,
    `{同比 次均费用|${s}}`,
    `{报销金额|${s}}`,
    `{实际报销比例|${s}}`,
  ];
  const last = row.at(-1)!;
  return `> ${word}医保参保人员住院情况（按参保地）
| 县区 | 住院人次 | 同比(%) | 住院率(%) | 总费用(万元) | 次均费用(元) | 同比(%) | 报销金额(万元) | 实际报销比例(%) |
| {#县区|${s}}{名称} | ${row.slice(0, -1).join(" | ")} | ${last}{/} |
| 合计 | ${row.join(" | ")} |`;
}

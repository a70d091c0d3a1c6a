import { compared, comparedRate, grown, grownRate } from "./phrases.js";

interface Insured {
  readonly word: string;
  readonly full: string;
  readonly table: string;
  readonly number: string;
  readonly second: string;
  readonly secondName: string;
}

const RESIDENT: Insured = {
  word: "居民",
  full: "城乡居民基本医疗保险",
  table: "居民医保",
  number: "一",
  second: "critical_paid",
  secondName: "大病",
};
const EMPLOYEE: Insured = {
  word: "职工",
  full: "城镇职工基本医疗保险",
  table: "职工医保",
  number: "三",
  second: "large_paid",
  secondName: "大额",
};

/** 县级半年运行分析报告: every table of the county reports, with prose, comparisons and charts. */
export const COUNTY_HALF_YEAR = `
% {辖区}{期间}
% 医疗保险基金运行分析报告
@contents
# 一、参保情况
1. 截至{截止日}，城乡居民医保参保{参保人数|居民:人}人${compared("参保人数|居民", "人", ":人")}{?有 缴费人数|居民}；缴费{缴费人数|居民:人}人{/}{?有 完成预算|居民}，完成预算参保人数的{完成预算|居民}%{/}。
2. 城镇职工医保参保{参保人数|职工:人}人${compared("参保人数|职工", "人", ":人")}{?有 缴费人数|职工}；缴费{缴费人数|职工:人}人{/}{?有 完成预算|职工}，完成预算参保人数的{完成预算|职工}%{/}。
{?有 收入}
# 二、基金收入情况
{#基金|居民}{?有 收入}{名称}收入{收入}万元${compared("收入", "万元")}{?有 收入完成预算}，完成全年预算收入{收入预算}万元的{收入完成预算}%{/}。{/}{/}{#基金|职工}{?有 收入}{名称}收入{收入|职工}万元${compared("收入|职工", "万元")}{?有 收入完成预算|职工}，完成全年预算收入{收入预算|职工}万元的{收入完成预算|职工}%{/}。{/}{/}
{/}
# 三、待遇保障情况
${insurance(RESIDENT)}
${insurance(EMPLOYEE)}
## （五）医疗救助待遇保障情况
{?有 资助参保人数}资助参保{资助参保人数:人}人，资助金额{资助参保金额}万元。{/}医疗救助住院{救助享受人次|住院}人次，救助{医疗救助支付|住院}万元${grown("医疗救助支付|住院")}；门诊救助{救助享受人次|门诊}人次，救助{医疗救助支付|门诊}万元${grown("医疗救助支付|门诊")}。
@table 医疗救助明细
# 四、基金运行情况分析
（一）住院人次流向。{#区域|居民|报表住院}居民{名称}{人次|居民|报表住院}人次${grown("人次|居民|报表住院")}；{/}{#区域|职工|报表住院}职工{名称}{人次|职工|报表住院}人次${grown("人次|职工|报表住院")}；{/}居民住院合计{人次|居民|报表住院}人次${grown("人次|居民|报表住院")}，职工住院合计{人次|职工|报表住院}人次${grown("人次|职工|报表住院")}。
（二）门诊慢特病支出。{?有 统筹支付|居民|报表慢特病}居民医保门诊慢特病支出{统筹支付|居民|报表慢特病}万元${compared("统筹支付|居民|报表慢特病", "万元")}，享受待遇{人次|居民|报表慢特病}人次${grown("人次|居民|报表慢特病")}。{/}{?有 统筹支付|职工|报表慢特病}职工医保门诊慢特病支出{统筹支付|职工|报表慢特病}万元${compared("统筹支付|职工|报表慢特病", "万元")}，享受待遇{人次|职工|报表慢特病}人次${grown("人次|职工|报表慢特病")}。{/}
{?有 DIP 支付金额}（三）DIP 预结付。居民医保 DIP 预结付率{预结付率|居民}%{?有 预结付率|职工}，职工医保 DIP 预结付率{预结付率|职工}%{/}。{/}
@notes
`;

function insurance(of: Insured): string {
  const { word, full, table, number } = of;
  const next = number === "一" ? "二" : "四";
  const stays = `${word}|报表住院`;
  const home = `${word}|报表住院|县内`;
  return `
## （${number}）${full}待遇保障情况
${table}基金支出{基金支出|${word}|报表合计}万元${compared(`基金支出|${word}|报表合计`, "万元")}。其中：住院支出{基金支出|${word}|住院}万元，占支出的{比 基金支出|${word}|住院 / 基金支出|${word}|报表合计}%；门诊支出{基金支出|${word}|门诊}万元，占支出的{比 基金支出|${word}|门诊 / 基金支出|${word}|报表合计}%{?有 基金支出|${word}|care=生育}；生育支出{基金支出|${word}|care=生育}万元，占支出的{比 基金支出|${word}|care=生育 / 基金支出|${word}|报表合计}%{/}。
@table ${table}结构性支出明细表
@chart columns ${table}结构性支出（万元）{图 类别|${word}: 基金支出, 上年 基金支出}
## （${next}）${full}住院支出分析
### 1. 住院支出结构
${table}住院支出{基金支出|${word}|住院}万元。其中：{#类别|${word}|住院}{名称}支出{基金支出|${word}|住院}万元，占住院支出的{就医占比 基金支出|${word}|住院}%；{/}按就医地分：{#区域|${stays}}{名称}统筹支付{统筹支付|${stays}}万元，占住院统筹支付的{比 统筹支付|${stays} / 统筹支付|${word}|报表住院|区域=县内+市内+省内+跨省}%；{/}合计{统筹支付|${stays}}万元。
@chart pie ${table}住院统筹支付构成{图 区域|${stays}: 统筹支付}
### 2. 住院支出情况
${word}住院（含异地就医）{人次|${stays}}人次${compared(`人次|${stays}`, "人次")}；平均住院率{住院率|${stays}}%${grownRate(`住院率|${stays}`)}；住院总费用{总费用|${stays}}万元${compared(`总费用|${stays}`, "万元")}；次均住院费用{次均费用|${stays}}元${compared(`次均费用|${stays}`, "元")}；政策范围内报销比例{政策范围内报销比例|${stays}}%${comparedRate(`政策范围内报销比例|${stays}`)}；实际报销比例{实际报销比例|${stays}}%${comparedRate(`实际报销比例|${stays}`)}；住院床日{住院床日|${stays}}天，平均住院床日{平均住院床日|${stays}}天${compared(`平均住院床日|${stays}`, "天")}。
（1）住院人次。${word}住院{人次|${stays}}人次${compared(`人次|${stays}`, "人次")}。{#区域|${stays}}{名称}{人次|${stays}}人次${grown(`人次|${stays}`)}；{/}平均住院率{住院率|${stays}}%。
@table ${table}各区域住院率增长明细表
@chart bar ${word}各区域住院人次{图 区域|${stays}: 人次, 上年 人次}
@table ${table}各级医疗机构住院人次占比表
@chart pie ${word}各级医疗机构住院人次构成{图 等级|${stays}: 人次}
县内住院{人次|${home}}人次${compared(`人次|${home}`, "人次")}{#机构类别|${stays}}；{名称}住院{人次|${stays}}人次${compared(`人次|${stays}`, "人次")}{/}。
@table ${table}县内医疗机构住院人次增长率明细表
（2）次均费用。${word}住院总费用{总费用|${stays}}万元${compared(`总费用|${stays}`, "万元")}；次均住院费用{次均费用|${stays}}元${compared(`次均费用|${stays}`, "元")}。
@table ${table}住院次均费用增长明细表
@table ${table}住院各级医疗机构次均费用明细表
县内医疗机构次均费用{次均费用|${home}}元${compared(`次均费用|${home}`, "元")}{#机构类别|${stays}}；{名称}次均费用{次均费用|${stays}}元${compared(`次均费用|${stays}`, "元")}{/}。
@table ${table}县内医疗机构住院次均费用增长率明细表
（3）住院报销比例。${word}住院报销（基本＋${of.secondName}＋救助）政策范围内报销比例{政策范围内报销比例|${stays}}%${comparedRate(`政策范围内报销比例|${stays}`)}；实际报销比例{实际报销比例|${stays}}%${comparedRate(`实际报销比例|${stays}`)}。其中：基本医保报销{统筹支付|${stays}}万元，${of.secondName}报销{${of.second}|${stays}}万元，救助报销{医疗救助支付|${stays}}万元。
@table ${table}住院各区域报销比例明细表
@table ${table}住院各级医疗机构报销比例明细表
县内医疗机构基本段实际补偿比{基本段实际补偿比|${home}}%${comparedRate(`基本段实际补偿比|${home}`)}{#机构类别|${stays}}；{名称}{基本段实际补偿比|${stays}}%${comparedRate(`基本段实际补偿比|${stays}`)}{/}。
@table ${table}基本段报销实际补偿比增长明细表
（4）平均住院床日。${word}住院床日{住院床日|${stays}}天${compared(`住院床日|${stays}`, "天")}；平均住院床日{平均住院床日|${stays}}天${compared(`平均住院床日|${stays}`, "天")}。县内平均住院床日{平均住院床日|${home}}天${compared(`平均住院床日|${home}`, "天")}{#机构类别|${stays}}；{名称}{平均住院床日|${stays}}天${compared(`平均住院床日|${stays}`, "天")}{/}。
@table ${table}各区域住院床日明细表
@table ${table}各级医疗机构住院床日明细表
（5）住院人次人头比。县内各医疗机构住院人次与住院人数之比如下表。
@table ${table}住院人次人头比例明细表
### 3. 门诊支出情况
${table}门诊支出{基金支出|${word}|门诊}万元${compared(`基金支出|${word}|门诊`, "万元")}。其中：{#类别|${word}|门诊}{名称}支出{基金支出|${word}|门诊}万元，占门诊支出的{就医占比 基金支出|${word}|门诊}%${grown(`基金支出|${word}|门诊`)}；{/}门诊待遇享受{人次|${word}|门诊}人次${grown(`人次|${word}|门诊`)}。
@chart pie ${table}门诊支出构成{图 类别|${word}|门诊: 基金支出}
{?有 人次|${word}|报表慢特病}门诊慢特病统筹支付{统筹支付|${word}|报表慢特病}万元${compared(`统筹支付|${word}|报表慢特病`, "万元")}；享受待遇{人次|${word}|报表慢特病}人次${compared(`人次|${word}|报表慢特病`, "人次")}；实际补偿比{基本段实际补偿比|${word}|报表慢特病}%${comparedRate(`基本段实际补偿比|${word}|报表慢特病`)}；次均费用{次均费用|${word}|报表慢特病}元${compared(`次均费用|${word}|报表慢特病`, "元")}。{/}
@table ${table}门诊慢特病各级医疗机构实际报销情况明细表
{?有 DIP 支付金额|${word}}
### 4. DIP 支付情况
${table} DIP 结算{DIP 人次|${word}}人次，按项目付费{按项目付费|${word}}万元，DIP 预结算{DIP 支付金额|${word}}万元，比统筹{?负 dip_difference|${word}}少{/}{?正 dip_difference|${word}}多{/}支付{绝对值 dip_difference|${word}}万元，预结付率{预结付率|${word}}%。
@table ${table}县内医疗机构DIP支付情况表
{/}
`;
}

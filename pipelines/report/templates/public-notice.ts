/** 公开版运行情况公示: figures of the public edition alone, in tables of its own. */
const of = (word: string, number: string): string => `
# ${number}、${word}医保
${word}医保住院{人次|${word}|住院}人次，住院人数{人数|${word}|住院}人，总费用{总费用|${word}|住院}万元，次均费用{次均费用|${word}|住院}元，报销{报销金额|${word}|住院}万元，实际报销比例{实际报销比例|${word}|住院}%，政策范围内报销比例{政策范围内报销比例|${word}|住院}%。门诊{人次|${word}|门诊}人次，总费用{总费用|${word}|门诊}万元，基金支出{基金支出|${word}|门诊}万元。
${table(word, "住院", "类别", "医疗类别")}
${table(word, "门诊", "类别", "医疗类别")}
${table(word, "住院", "区域", "住院区域")}
${table(word, "住院", "等级", "医疗机构等级")}
@chart pie ${word}医保住院人次构成（按医疗机构等级）{图 等级|${word}|住院: 人次}`;

function table(word: string, care: string, dimension: string, heading: string): string {
  const s = `${word}|${care}`;
  const row = [
    `{人次|${s}}`,
    `{总费用|${s}}`,
    `{次均费用|${s}}`,
    `{统筹支付|${s}}`,
    `{基金支出|${s}}`,
    `{实际报销比例|${s}}`,
  ];
  return `> ${word}医保${care}情况（按${heading}）
| ${heading} | 人次 | 总费用(万元) | 次均费用(元) | 统筹支付(万元) | 基金支出(万元) | 实际报销比例(%) |
| {#${dimension}|${s}}{名称} | ${row.slice(0, -1).join(" | ")} | ${row.at(-1)}{/} |
| 合计 | ${row.join(" | ")} |`;
}

export const PUBLIC_NOTICE = `
% {辖区}{期间}
% 基本医疗保险运行情况公示
截至{截止日}，城乡居民医保参保{参保人数|居民:人}人，城镇职工医保参保{参保人数|职工:人}人。
${of("居民", "一")}
${of("职工", "二")}
@notes
`;

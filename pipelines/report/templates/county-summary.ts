import type { SummaryFigure } from "../../../connectors/duckdb/reports/summary-blanks.js";

/** Chapters of the summary, by the number of the figure that each begins with. */
const CHAPTERS: readonly (readonly [number, string])[] = [
  [1, "（一）城乡居民参保与基金"],
  [30, "（二）城乡居民住院"],
  [106, "（三）按病种付费"],
  [119, "（四）门诊统筹"],
  [133, "（五）城镇职工医保"],
  [166, "（六）病历评审与稽查"],
  [191, "（七）慢性病鉴定"],
  [196, "（八）农村贫困人口医疗保障"],
  [220, "（九）公费医疗"],
];
const SAID: Readonly<Record<string, string>> = {
  yoy: "同比",
  yoy_pp: "同比变化",
  share: "占",
  progress: "",
  rate: "",
  ratio: "",
  execution_rate: "执行率",
  per_capita: "人均",
};

/** 县级半年工作总结: every one of its figures, in their order, as sentences of their subjects. */
export function countySummary(figures: readonly SummaryFigure[]): string {
  const lines = ["% {辖区}{期间}", "% 医疗保障工作总结", "# 一、{期间}工作总结"];
  let subject = "";
  let parts: string[] = [];
  const close = (): void => {
    if (parts.length > 0) lines.push(`${subject}：${parts.join("；")}。`);
    parts = [];
  };
  for (const { n, label, breakdown, measure, unit } of figures) {
    const chapter = CHAPTERS.find(([first]) => first === n);
    if (label !== subject || chapter) close();
    if (chapter) lines.push(`## ${chapter[1]}`);
    subject = label;
    const what = breakdown === "合计" ? "" : breakdown;
    parts.push(`${what}${SAID[measure] ?? ""}{表 工作总结|${n}|数值}${unit === "比" ? "" : unit}`);
  }
  close();
  return `\n${lines.join("\n")}\n@notes\n`;
}

import type { PeriodFacts } from "../../connectors/duckdb/reports/figures.js";

/** What stands at the foot of a report: which version it shows, and what its figures may not be yet. */
export function notesOf(facts: PeriodFacts, period: string, smallCell: number | null = null): string[] {
  const notes: string[] = [];
  if (smallCell !== null) {
    notes.push(`本报告为公开版：人次或人数少于 ${smallCell} 的数字，以及可据以推算的数字，不予公开。`);
  }
  if (facts.closedAt === null) notes.push(`本期（${period}）尚未结账，数字为初步数，结账前可能变动。`);
  if (facts.restated > 0) {
    notes.push(
      `本期已于${facts.closedAt}结账，结账后有 ${facts.restated} 个数字更正，本报告为更正后的数字；结账时的数字见 indicators 的 reported 列。`,
    );
  }
  if (facts.lastDay !== null && facts.lastDay < facts.end) {
    notes.push(`本期数据截至${facts.lastDay}，尚不完整。`);
  }
  const whole = facts.completeness === null ? 1 : Number(facts.completeness);
  if (whole < 1) notes.push(`数据到达进度正常的机构占 ${(whole * 100).toFixed(1)}%。`);
  notes.push(`数据版本 ${facts.version}，发布于 ${facts.publishedAt}。`);
  return notes.map((note, i) => `${i === 0 ? "注：" : "　　"}${i + 1}. ${note}`);
}

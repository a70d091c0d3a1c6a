/** `2024年3月`, `2024年第1季度`, `2024年上半年`, `2024年`, `2024年1—5月`. */
export function periodTitle(period: string): string {
  const year = `${period.slice(0, 4)}年`;
  const rest = period.slice(4);
  if (rest === "") return year;
  if (/^-\d\d-\d\d$/.test(rest)) return `${year}${Number(rest.slice(1, 3))}月${Number(rest.slice(4))}日`;
  if (rest.startsWith("-")) return `${year}${Number(rest.slice(1))}月`;
  if (rest.startsWith("Q")) return `${year}第${rest.slice(1)}季度`;
  if (rest.startsWith("H")) return `${year}${rest === "H1" ? "上" : "下"}半年`;
  const month = Number(rest.slice(3));
  return month === 1 ? `${year}1月` : `${year}1—${month}月`;
}

/** The same period one year earlier, in words. */
export const previousTitle = (period: string): string =>
  periodTitle(`${Number(period.slice(0, 4)) - 1}${period.slice(4)}`);

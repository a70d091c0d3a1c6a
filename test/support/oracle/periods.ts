const two = (n: number): string => String(n).padStart(2, "0");

/** Months `YYYY-MM` of a period id of any kind but day. */
export function monthsOfPeriod(id: string): string[] {
  const year = id.slice(0, 4);
  const months = (from: number, to: number): string[] => {
    const list: string[] = [];
    for (let m = from; m <= to; m++) list.push(`${year}-${two(m)}`);
    return list;
  };
  if (/^\d{4}-\d{2}$/.test(id)) return [id];
  if (/^\d{4}Q[1-4]$/.test(id)) return months(Number(id[5]) * 3 - 2, Number(id[5]) * 3);
  if (/^\d{4}H[12]$/.test(id)) return months(Number(id[5]) * 6 - 5, Number(id[5]) * 6);
  if (/^\d{4}YTD\d{2}$/.test(id)) return months(1, Number(id.slice(7)));
  if (/^\d{4}$/.test(id)) return months(1, 12);
  throw new Error(`no period: ${id}`);
}

/** Ids of every period but days of a year. */
export function periodsOf(year: string): string[] {
  const ids = [year, `${year}H1`, `${year}H2`];
  for (let q = 1; q <= 4; q++) ids.push(`${year}Q${q}`);
  for (let m = 1; m <= 12; m++) ids.push(`${year}-${two(m)}`, `${year}YTD${two(m)}`);
  return ids;
}

/** Periods but days that contain a day; of the ytd periods all from its month to December. */
export function periodsWith(day: string): string[] {
  return periodsOf(day.slice(0, 4)).filter((id) => monthsOfPeriod(id).includes(day.slice(0, 7)));
}

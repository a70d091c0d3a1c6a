import { type Plane, Planes } from "../charts/planes.js";
import { indicatorInfo, indicatorName } from "../data/catalogue.js";
import { periodText } from "../format/date.js";
import { type Amount, shapeOf, show } from "../format/number.js";
import { unitKey } from "../parts/figure.js";
import { Panel } from "../parts/panel.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { among } from "../state/asked.js";
import { usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { named } from "./columns.js";
import type { FacilityData, Month } from "./facility-data.js";

/** The facility by month, and the middle of its peers, from the published file. */
function sqlOf(data: FacilityData, indicators: readonly string[], care: string, insurance: string): string {
  const own = data.facility.facility;
  const periods = data.months.map((m) => m.period);
  return `SELECT period, indicator,
  max(value) FILTER (${among("facility", [own])}) AS value,
  quantile_cont(value, 0.5) FILTER (${among("facility", data.peers.codes)}) AS median
FROM indicators
WHERE ${among("period", periods)}
  AND ${among("insurance", [insurance])}
  AND grouping = 'care+facility'
  AND ${among("care", [care])}
  AND ${among("facility", [own, ...data.peers.codes])}
  AND ${among("indicator", indicators)}
GROUP BY ALL
ORDER BY ALL;`;
}

export function MonthsPanel({ data }: { data: FacilityData }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const indicators = [...new Set(data.months.flatMap((m) => Object.keys(m.figures)))].slice(0, 6);
  if (data.months.length < 2 || indicators.length === 0) return null;
  const unit = (i: string): string => indicatorInfo(i)?.unit ?? "";
  const planes = indicators.map((i): Plane => {
    const key = named(shapeOf(unit(i)), unit(i)) ? unitKey(shapeOf(unit(i)), unit(i)) : null;
    const column = (which: "value" | "median" | "q1" | "q3"): Amount[] =>
      data.months.map((m) => m.figures[i]?.[which] ?? null);
    return {
      title: `${indicatorName(i, lang)}${key ? `，${t(key)}` : ""}`,
      shape: shapeOf(unit(i)),
      band:
        data.peers.count >= 8
          ? { name: t("facility.quartiles"), low: column("q1"), high: column("q3") }
          : undefined,
      lines: [
        { name: t("facility.medianShort"), role: "median", values: column("median") },
        { name: t("facility.mine"), role: "now", values: column("value") },
      ],
    };
  });
  const columns: Column<Month>[] = [
    {
      key: "period",
      head: t("kind.month"),
      kind: "name",
      cell: (m) => periodText(m.period, lang),
      raw: (m) => m.period,
    },
    ...indicators.flatMap((i): Column<Month>[] => [
      {
        key: i,
        head: indicatorName(i, lang),
        numeric: true,
        cell: (m) => show(m.figures[i]?.value, shapeOf(unit(i))),
        raw: (m) => m.figures[i]?.value,
      },
      {
        key: `${i}_median`,
        head: `${indicatorName(i, lang)} ${t("facility.medianShort")}`,
        numeric: true,
        kind: "pair",
        cell: (m) => show(m.figures[i]?.median, shapeOf(unit(i))),
        raw: (m) => m.figures[i]?.median,
      },
    ]),
  ];
  const title = t("care.byMonth");
  return (
    <Panel
      title={title}
      small={t(data.peers.count >= 8 ? "facility.monthsBand" : "facility.monthsMedian")}
      table={() => <DataTable label={title} columns={columns} rows={data.months} />}
      sheet={() => sheetOf(title, columns, data.months)}
      sql={() => sqlOf(data, indicators, params.care ?? "inpatient", params.insurance ?? "all")}
    >
      <Planes planes={planes} months={data.months.map((m) => m.period)} label={title} wide={3} />
    </Panel>
  );
}

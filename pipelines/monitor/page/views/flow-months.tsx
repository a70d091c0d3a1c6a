import { Planes } from "../charts/planes.js";
import { indicatorName, valueName } from "../data/catalogue.js";
import type { Figure } from "../data/types.js";
import { periodText } from "../format/date.js";
import { shapeOf } from "../format/number.js";
import { Fig } from "../parts/figure.js";
import { KeyBar, KeyFlat } from "../parts/glyph.js";
import { Panel } from "../parts/panel.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { type FlowData, NEAR_TO_FAR } from "./flow-data.js";
export function MonthsPanel({ data, indicator }: { data: FlowData; indicator: string }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const year = data.period.slice(0, 4);
  const months = [...new Set(data.months.map((m) => m.period))].filter((m) => m.startsWith(year)).sort();
  const regions = NEAR_TO_FAR.filter((r) => data.months.some((m) => m.region === r));
  const figure = (period: string, region: string): Figure | undefined =>
    data.months.find((m) => m.period === period && m.region === region)?.figures[indicator];
  const shape = shapeOf(indicator === "visits" ? "visit" : "yuan");
  const columns: Column<string>[] = [
    { key: "period", head: t("kind.month"), kind: "name", cell: (m) => periodText(m, lang), raw: (m) => m },
    ...regions.map(
      (r): Column<string> => ({
        key: r,
        head: valueName("region", r, lang),
        numeric: true,
        cell: (m) => <Fig of={figure(m, r)} />,
        raw: (m) => figure(m, r)?.value,
      }),
    ),
  ];
  if (months.length < 2) return null;
  const title = t("flow.months");
  return (
    <Panel
      title={title}
      small={`${indicatorName(indicator, lang)}${shape === "wan" ? `，${t("unit.wan")}` : ""}`}
      table={() => <DataTable label={title} columns={columns} rows={months} />}
      sheet={() => sheetOf(title, columns, months)}
      figures={() => data.months.map((m) => m.figures[indicator]).filter((f) => f !== undefined)}
      keys={
        <>
          <li>
            <KeyBar />
            {t("series.now")}
          </li>
          {params.yoy !== "0" && (
            <li>
              <KeyFlat />
              {t("series.last")}
            </li>
          )}
        </>
      }
    >
      <Planes
        wide={4}
        label={title}
        months={months}
        planes={regions.map((r) => ({
          title: valueName("region", r, lang),
          shape,
          bars: true,
          lines: [
            { name: t("series.now"), role: "now", values: months.map((m) => figure(m, r)?.value ?? null) },
            ...(params.yoy === "0"
              ? []
              : [
                  {
                    name: t("series.last"),
                    role: "last" as const,
                    values: months.map((m) => figure(m, r)?.previous ?? null),
                  },
                ]),
          ],
        }))}
      />
    </Panel>
  );
}

import { changesInPoints } from "../../../../aggregations/monitor/shown-change.js";
import { Strip } from "../charts/marks.js";
import { indicatorName, valueName } from "../data/catalogue.js";
import { periodText } from "../format/date.js";
import { shapeOf, show, signed } from "../format/number.js";
import { Fig, unitKey } from "../parts/figure.js";
import { KeyBar, KeyDot, KeyTick } from "../parts/glyph.js";
import { Panel } from "../parts/panel.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import type { Asked } from "../state/asked.js";
import { usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { named } from "./columns.js";
import type { FacilityData, StripRow } from "./facility-data.js";
export function StripPanel({ data, care }: { data: FacilityData; care: string }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const yoy = params.yoy !== "0";
  const delta = (r: StripRow, mine: boolean): string => {
    const points = changesInPoints(r.unit);
    const value = points ? (mine ? r.change : r.median_change) : mine ? r.change_pct : r.median_change_pct;
    return value === undefined || value === null
      ? "—"
      : `${signed(value, points ? "points" : "pct")}${points ? ` ${t("unit.points")}` : ""}`;
  };
  const asked = (r: StripRow): Asked => ({
    indicator: r.indicator,
    period: data.period,
    insurance: params.insurance,
    grouping: "care+facility",
    dimensions: { care, facility: data.facility.facility },
    facility_name: data.facility.name,
    value: r.value,
    unit: r.unit,
    previous: r.previous,
  });
  const columns: Column<StripRow>[] = [
    {
      key: "indicator",
      head: t("query.indicator"),
      kind: "name",
      cell: (r) => {
        const unit = named(shapeOf(r.unit), r.unit) ? unitKey(shapeOf(r.unit), r.unit) : null;
        return (
          <>
            {indicatorName(r.indicator, lang)}
            {unit && <span class="unit">{t(unit)}</span>}
          </>
        );
      },
      raw: (r) => indicatorName(r.indicator, lang),
    },
    {
      key: "value",
      head: t("facility.mine"),
      numeric: true,
      kind: "main",
      cell: (r) => <Fig of={asked(r)} strong />,
      raw: (r) => r.value,
    },
    {
      key: "median",
      head: t("facility.median"),
      numeric: true,
      cell: (r) => show(r.median, shapeOf(r.unit)),
      raw: (r) => r.median,
    },
    {
      key: "strip",
      head: t("facility.lowHigh"),
      kind: "bar",
      cell: (r) => (
        <Strip
          mine={r.value}
          peers={r.peers.filter((p) => p.facility !== data.facility.facility)}
          median={r.median}
          q1={r.q1}
          q3={r.q3}
        />
      ),
    },
    {
      key: "rank",
      head: t("facilities.rank"),
      title: t("facility.rankWhy"),
      numeric: true,
      cell: (r) => <span class="quiet">{r.rank === null ? "—" : `${r.rank} / ${r.of}`}</span>,
      raw: (r) => r.rank,
    },
    ...(yoy
      ? ([
          {
            key: "change",
            head: t("facility.changeMine"),
            numeric: true,
            cell: (r) => delta(r, true),
            raw: (r) => r.change_pct,
          },
          {
            key: "medianChange",
            head: t("facility.changeMedian"),
            numeric: true,
            kind: "pair",
            cell: (r) => delta(r, false),
            raw: (r) => r.median_change_pct,
            hideOnPhone: true,
          },
        ] as Column<StripRow>[])
      : []),
  ];
  const title = t("facility.peers");
  return (
    <Panel
      title={title}
      small={`${t(data.peers.scope === "local" ? "facility.scopeLocal" : "facility.scopeAll", { n: data.peers.count })} · ${valueName("care", care, lang)} · ${periodText(data.period, lang)}`}
      span="c8"
      keys={
        <>
          <li>
            <KeyDot />
            {t("facility.mine")}
          </li>
          <li>
            <KeyDot hollow />
            {t("facility.others")}
          </li>
          <li>
            <KeyTick />
            {t("facility.median")}
          </li>
          {data.peers.count >= 8 && (
            <li>
              <KeyBar fill="var(--peer-band)" />
              {t("facility.quartiles")}
            </li>
          )}
        </>
      }
      sheet={() => sheetOf(title, columns, data.strips)}
      figures={() => data.strips.map(asked)}
    >
      <div class="scroll">
        <DataTable label={title} columns={columns} rows={data.strips} rowKey={(r) => r.indicator} />
      </div>
    </Panel>
  );
}

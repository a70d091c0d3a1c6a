import { Stacked } from "../charts/marks.js";
import { indicatorName, valueName } from "../data/catalogue.js";
import { periodText } from "../format/date.js";
import { place, show } from "../format/number.js";
import { KeyBar } from "../parts/glyph.js";
import { Panel } from "../parts/panel.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { figuresOf, useFigureColumns } from "./columns.js";
import { byDistance, type FlowData, type RegionRow } from "./flow-data.js";
export const FILLS = [
  ["var(--d1)", "var(--d1-ink)"],
  ["var(--d2)", "var(--d2-ink)"],
  ["var(--d3)", "var(--d3-ink)"],
  ["var(--d4)", "var(--d4-ink)"],
  ["var(--neutral-bar)", "var(--ink)"],
] as const;
/** Shares for geometry: of the published parts, over their sum. */
export function shares(
  rows: readonly RegionRow[],
  indicator: string,
  which: "value" | "previous",
): (string | null)[] {
  const values = rows.map((r) => place(r.figures[indicator]?.[which]) ?? 0);
  const sum = values.reduce((a, b) => a + b, 0);
  return values.map((v) => (sum > 0 ? String(v / sum) : null));
}
export function SharesPanel({ data }: { data: FlowData }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const rows = byDistance(data.regions);
  const name = (r: RegionRow): string => valueName("region", r.region, lang);
  const parts = (indicator: string, which: "value" | "previous") => {
    const of = shares(rows, indicator, which);
    return rows.map((r, i) => {
      const published =
        which === "value"
          ? r.figures[`share_in_care_${indicator}`]?.value
          : r.figures[`share_in_care_${indicator}`]?.previous;
      return {
        share: of[i],
        fill: FILLS[Math.min(i, 4)][0],
        ink: FILLS[Math.min(i, 4)][1],
        name: name(r),
        text: show(published ?? of[i], "pct"),
      };
    });
  };
  const columns: Column<RegionRow>[] = [
    { key: "region", head: t("flow.where"), kind: "name", cell: name, raw: name },
    ...useFigureColumns<RegionRow>([
      { indicator: "visits" },
      { indicator: "fund_paid", main: true },
      { indicator: "avg_fee" },
      { indicator: "reimb_rate", noChange: true },
    ]),
  ];
  const inbound = data.flows.find((f) => f.flow === "inbound");
  const all = inbound ? [...rows, { region: "inbound", figures: inbound.figures }] : rows;
  const shown: Column<RegionRow>[] = [
    {
      ...columns[0],
      cell: (r) => (r.region === "inbound" ? t("flow.inbound") : name(r)),
      raw: (r) => (r.region === "inbound" ? t("flow.inbound") : name(r)),
    },
    ...columns.slice(1),
  ];
  return (
    <Panel
      title={t("flow.title")}
      small={periodText(data.period, lang)}
      keys={rows.map((r, i) => (
        <li key={r.region}>
          <KeyBar fill={FILLS[Math.min(i, 4)][0]} />
          {name(r)}
        </li>
      ))}
      sheet={() => sheetOf(t("flow.title"), shown, all)}
      figures={() => figuresOf(all, ["visits", "fund_paid", "avg_fee", "reimb_rate"])}
    >
      <div class="shares">
        {(["visits", "fund_paid"] as const).map((indicator) => [
          <span class="lab" key={indicator}>
            {indicatorName(indicator, lang)}
          </span>,
          <Stacked key={`${indicator}now`} parts={parts(indicator, "value")} />,
          ...(params.yoy === "0"
            ? []
            : [
                <span class="lab quiet" key={`${indicator}last`}>
                  {t("series.last")}
                </span>,
                <Stacked key={`${indicator}before`} parts={parts(indicator, "previous")} thin />,
              ]),
        ])}
      </div>
      <div class="scroll">
        <DataTable
          label={t("flow.title")}
          columns={shown}
          rows={all}
          rowKey={(r) => r.region}
          rowClass={(r) => (r.region === "inbound" ? "apart" : undefined)}
        />
      </div>
      {inbound && <p class="aside">{t("flow.inboundNote")}</p>}
    </Panel>
  );
}

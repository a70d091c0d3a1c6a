import { BarTick, Stacked } from "../charts/marks.js";
import { Planes } from "../charts/planes.js";
import { indicatorName, valueName } from "../data/catalogue.js";
import type { Figure, Figures } from "../data/types.js";
import { monthText, periodText } from "../format/date.js";
import { type Amount, place, shapeOf, show, signed } from "../format/number.js";
import { Fig } from "../parts/figure.js";
import { Finding } from "../parts/finding.js";
import { KeyBar, KeyFlat, KeyTick } from "../parts/glyph.js";
import { Panel } from "../parts/panel.js";
import { Segments } from "../parts/pickers.js";
import { EmptyView, Loaded } from "../parts/states.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { change, hrefOf, usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { figuresOf, shortName, useFigureColumns } from "./columns.js";
import { useView, type ViewAnswer } from "./use-view.js";

interface RegionRow {
  readonly region: string;
  readonly figures: Figures;
}
interface MatrixRow {
  readonly district: string;
  readonly name: string;
  readonly region: string | null;
  readonly cells: readonly { readonly period: string; readonly value: Amount; readonly previous: Amount }[];
  readonly total: Amount | { readonly value: Amount; readonly change_pct?: Amount };
}
interface FacilityRow {
  readonly facility: string;
  readonly name: string;
  readonly district_name?: string | null;
  readonly figures: Figures;
}
interface FlowData extends ViewAnswer {
  readonly regions: readonly RegionRow[];
  readonly flows: readonly { readonly flow: string; readonly figures: Figures }[];
  readonly months: readonly { readonly period: string; readonly region: string; readonly figures: Figures }[];
  readonly matrix: {
    readonly indicator: string;
    readonly columns: readonly string[];
    readonly rows: readonly MatrixRow[];
  };
  readonly facilities: readonly FacilityRow[];
}

const FILLS = [
  ["var(--d1)", "var(--d1-ink)"],
  ["var(--d2)", "var(--d2-ink)"],
  ["var(--d3)", "var(--d3-ink)"],
  ["var(--d4)", "var(--d4-ink)"],
  ["var(--neutral-bar)", "var(--ink)"],
] as const;
const NEAR_TO_FAR = ["county", "city", "province", "national"];
const MEASURES = ["fund_paid", "visits", "fee"] as const;

const byDistance = <T extends { region: string }>(rows: readonly T[]): T[] =>
  [...rows].sort(
    (a, b) => ((NEAR_TO_FAR.indexOf(a.region) + 9) % 9) - ((NEAR_TO_FAR.indexOf(b.region) + 9) % 9),
  );

/** Shares for geometry: of the published parts, over their sum. */
function shares(
  rows: readonly RegionRow[],
  indicator: string,
  which: "value" | "previous",
): (string | null)[] {
  const values = rows.map((r) => place(r.figures[indicator]?.[which]) ?? 0);
  const sum = values.reduce((a, b) => a + b, 0);
  return values.map((v) => (sum > 0 ? String(v / sum) : null));
}

function SharesPanel({ data }: { data: FlowData }) {
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

function MonthsPanel({ data, indicator }: { data: FlowData; indicator: string }) {
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

function TopFacilities({ data, indicator }: { data: FlowData; indicator: string }) {
  const { t } = useText();
  const { params } = usePlace();
  const most = Math.max(
    0,
    ...data.facilities.flatMap((f) => [
      place(f.figures[indicator]?.value) ?? 0,
      place(f.figures[indicator]?.previous) ?? 0,
    ]),
  );
  const columns: Column<FacilityRow>[] = [
    {
      key: "name",
      head: t("by.facility"),
      kind: "name",
      cell: (r) => <a href={hrefOf(`/facilities/${encodeURIComponent(r.facility)}`)}>{r.name}</a>,
      raw: (r) => r.name,
    },
    {
      key: "district",
      head: t("flow.place"),
      cell: (r) => <span class="quiet">{r.district_name ?? ""}</span>,
      raw: (r) => r.district_name,
      hideOnPhone: true,
    },
    {
      key: "bar",
      head: "",
      kind: "bar",
      cell: (r) => (
        <BarTick
          now={r.figures[indicator]?.value}
          last={params.yoy === "0" ? null : r.figures[indicator]?.previous}
          max={most}
        />
      ),
    },
    ...useFigureColumns<FacilityRow>([
      { indicator: "fund_paid", main: true },
      { indicator: "visits" },
      { indicator: "avg_fee" },
    ]),
  ];
  if (data.facilities.length === 0) return null;
  return (
    <Panel
      title={t("flow.facilities")}
      small={t("flow.facilitiesSmall")}
      className="long"
      keys={
        <>
          <li>
            <KeyBar />
            {t("series.now")}
          </li>
          <li>
            <KeyTick />
            {t("series.last")}
          </li>
        </>
      }
      sheet={() => sheetOf(t("flow.facilities"), columns, data.facilities)}
      figures={() => figuresOf(data.facilities, ["fund_paid", "visits", "avg_fee"])}
    >
      <div class="scroll">
        <DataTable
          label={t("flow.facilities")}
          columns={columns}
          rows={data.facilities}
          rowKey={(r) => r.facility}
        />
      </div>
    </Panel>
  );
}

const totalOf = (r: MatrixRow): { value: Amount; change_pct: Amount } =>
  typeof r.total === "object" && r.total !== null
    ? { value: r.total.value, change_pct: r.total.change_pct ?? null }
    : { value: r.total, change_pct: null };

function Matrix({ data }: { data: FlowData }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const { indicator, columns: periods, rows } = data.matrix;
  const shape = indicator === "visits" ? "count" : indicator === "avg_fee" ? "yuan" : "wan1";
  const values = rows
    .flatMap((r) => r.cells.map((c) => place(c.value)))
    .filter((v): v is number => v !== null && v > 0);
  const sorted = [...values].sort((a, b) => a - b);
  const heat = (v: Amount): string => {
    const n = place(v);
    if (n === null || n <= 0) return "h h0";
    const rank = sorted.findIndex((s) => s >= n) / sorted.length;
    return `h h${Math.min(4, Math.floor(rank * 5))}`;
  };
  if (rows.length === 0) return null;
  const ordered = byDistance(rows.map((r) => ({ ...r, region: r.region ?? "" })));
  const columns: Column<MatrixRow>[] = [
    { key: "name", head: t("flow.place"), cell: (r) => r.name, raw: (r) => r.name },
    ...periods.map(
      (p): Column<MatrixRow> => ({
        key: p,
        head: p,
        numeric: true,
        cell: () => null,
        raw: (r) => r.cells.find((c) => c.period === p)?.value,
      }),
    ),
    { key: "total", head: t("col.total"), numeric: true, cell: () => null, raw: (r) => totalOf(r).value },
  ];
  const asked = (r: MatrixRow, c: { period: string; value: Amount; previous: Amount }) => ({
    indicator,
    period: c.period,
    insurance: params.insurance,
    grouping: "care+facility_district",
    dimensions: { care: "inpatient", facility_district: r.district },
    value: c.value,
    previous: c.previous,
  });
  let before: string | null = null;
  return (
    <Panel
      title={t("flow.matrix")}
      small={`${indicatorName(indicator, lang)}${shape === "wan1" ? `，${t("unit.wan")}` : ""}；${t("flow.darker")}`}
      className="long"
      sheet={() => sheetOf(t("flow.matrix"), columns, ordered)}
      figures={() => ordered.flatMap((r) => r.cells.map((c) => asked(r, c)))}
    >
      <div class="scroll">
        <table class="matrix">
          <caption class="sr">{t("flow.matrix")}</caption>
          <thead>
            <tr>
              <th scope="col" class="hide-s">
                {t("by.region")}
              </th>
              <th scope="col">{t("flow.place")}</th>
              {periods.map((p) => (
                <th key={p} scope="col" class="num">
                  {monthText(Number(p.slice(5, 7)), lang)}
                </th>
              ))}
              <th scope="col" class="num">
                {t("col.total")}
              </th>
              <th scope="col" class="num">
                {t("col.change")}
              </th>
            </tr>
          </thead>
          <tbody>
            {ordered.map((r) => {
              const group = r.region !== before ? r.region : null;
              before = r.region;
              const total = totalOf(r);
              return (
                <tr key={r.district} class={group !== null ? "group" : undefined}>
                  <td class="quiet nowrap hide-s">{group ? valueName("region", group, lang) : ""}</td>
                  <th scope="row">{r.name}</th>
                  {periods.map((p) => {
                    const cell = r.cells.find((c) => c.period === p);
                    return (
                      <td key={p} class={heat(cell?.value)}>
                        {show(cell?.value, shape)}
                      </td>
                    );
                  })}
                  <td class="num strong">{show(total.value, shape)}</td>
                  <td class="num pair">{signed(total.change_pct, "pct")}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

const measureOf = (params: Readonly<Record<string, string>>): (typeof MEASURES)[number] =>
  MEASURES.find((m) => m === params.measure) ?? "fund_paid";

/** Money, visits or fee: what the months and the places show. */
export function FlowMeasure() {
  const { t, lang } = useText();
  const { params } = usePlace();
  return (
    <Segments
      label={t("flow.measure")}
      value={measureOf(params)}
      options={MEASURES.map((m) => ({ value: m, name: shortName(m, t, lang) }))}
      onPick={(m) => change({ measure: m === "fund_paid" ? null : m })}
    />
  );
}

/** 就医流向: how near people are treated, what it costs, who takes them. */
export function Flow(_: { code?: string }) {
  const { params } = usePlace();
  const indicator = measureOf(params);
  const answer = useView<FlowData>("flow", { indicator });
  const wall = params.wall === "1";
  return (
    <Loaded answer={answer}>
      {(data) => (
        <>
          <Finding of={data.finding} />
          {data.regions.length === 0 ? (
            <EmptyView />
          ) : (
            <div class="grid">
              <SharesPanel data={data} />
              <MonthsPanel data={data} indicator={indicator} />
              {!wall && <TopFacilities data={data} indicator={indicator} />}
              {!wall && <Matrix data={data} />}
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}

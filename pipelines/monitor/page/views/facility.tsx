import { BarTick, Strip } from "../charts/marks.js";
import { type Plane, Planes } from "../charts/planes.js";
import { indicatorInfo, indicatorName, valueName } from "../data/catalogue.js";
import { apiUrl } from "../data/client.js";
import type { Figure } from "../data/types.js";
import { useApi } from "../data/use-api.js";
import { dayText, periodText } from "../format/date.js";
import { type Amount, changesInPoints, place, shapeOf, show, signed } from "../format/number.js";
import { AlertList, type AlertRow } from "../parts/alert-list.js";
import { Fig, unitKey } from "../parts/figure.js";
import { Finding } from "../parts/finding.js";
import { KeyBar, KeyDot, KeyTick } from "../parts/glyph.js";
import { Mark } from "../parts/mark.js";
import { Panel } from "../parts/panel.js";
import { Pickers, Segments } from "../parts/pickers.js";
import { said } from "../parts/records.js";
import { Loaded } from "../parts/states.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import type { Asked } from "../state/asked.js";
import { change, hrefOf, usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { figuresOf, useFigureColumns } from "./columns.js";
import type { ViewAnswer } from "./use-view.js";

interface StripRow {
  readonly indicator: string;
  readonly unit: string;
  readonly value: Amount;
  readonly previous: Amount;
  readonly change?: Amount;
  readonly change_pct: Amount;
  readonly rank: number | null;
  readonly of: number;
  readonly median: Amount;
  readonly q1: Amount;
  readonly q3: Amount;
  readonly median_change?: Amount;
  readonly median_change_pct: Amount;
  readonly peers: readonly { readonly facility: string; readonly name: string; readonly value: Amount }[];
}
interface Month {
  readonly period: string;
  readonly figures: Readonly<
    Record<
      string,
      { readonly value: Amount; readonly median: Amount; readonly q1: Amount; readonly q3: Amount }
    >
  >;
}
interface FacilityData extends ViewAnswer {
  readonly facility: {
    readonly facility: string;
    readonly name: string;
    readonly tier: string | null;
    readonly kind: string | null;
    readonly ownership: string | null;
    readonly district_name?: string | null;
    readonly local: boolean;
  };
  readonly peers: {
    readonly scope: "local" | "all";
    readonly rule: string;
    readonly codes: readonly string[];
    readonly count: number;
  };
  readonly strips: readonly StripRow[];
  readonly months: readonly Month[];
  readonly categories: readonly Figure[];
  readonly dip: Readonly<Record<string, Figure | string | null>> | null;
  readonly reporting: {
    readonly standing: string | null;
    readonly latest: string | null;
    readonly days: Amount | number;
    readonly usual_days: Amount | number;
    readonly by_day: readonly { readonly day: string; readonly visits: Amount }[];
  } | null;
  readonly refunds: { readonly orphans: number } | null;
  readonly alerts: readonly AlertRow[];
}

function StripPanel({ data, care }: { data: FacilityData; care: string }) {
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
        const unit = unitKey(shapeOf(r.unit), r.unit);
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

function MonthsPanel({ data }: { data: FacilityData }) {
  const { t, lang } = useText();
  const indicators = [...new Set(data.months.flatMap((m) => Object.keys(m.figures)))].slice(0, 6);
  if (data.months.length < 2 || indicators.length === 0) return null;
  const unit = (i: string): string => indicatorInfo(i)?.unit ?? "";
  const planes = indicators.map((i): Plane => {
    const key = unitKey(shapeOf(unit(i)), unit(i));
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
    >
      <Planes planes={planes} months={data.months.map((m) => m.period)} label={title} wide={3} />
    </Panel>
  );
}

interface CategoryRow {
  readonly care: string;
  readonly category: string;
  readonly figures: Readonly<Record<string, Figure>>;
}

function Categories({ data }: { data: FacilityData }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const rows = new Map<string, { care: string; category: string; figures: Record<string, Figure> }>();
  for (const f of data.categories) {
    const key = `${f.dimensions.care} ${f.dimensions.category}`;
    const row = rows.get(key) ?? { care: f.dimensions.care, category: f.dimensions.category, figures: {} };
    row.figures[f.indicator] = f;
    rows.set(key, row);
  }
  const list = [...rows.values()].sort(
    (a, b) => (place(b.figures.fund_paid?.value) ?? 0) - (place(a.figures.fund_paid?.value) ?? 0),
  );
  const most = Math.max(
    0,
    ...list.flatMap((r) => [
      place(r.figures.fund_paid?.value) ?? 0,
      place(r.figures.fund_paid?.previous) ?? 0,
    ]),
  );
  const columns: Column<CategoryRow>[] = [
    {
      key: "category",
      head: t("by.category"),
      kind: "name",
      cell: (r) => valueName("category", r.category, lang),
      raw: (r) => r.category,
    },
    {
      key: "care",
      head: "",
      label: t("by.care"),
      cell: (r) => <span class="quiet">{valueName("care", r.care, lang)}</span>,
      raw: (r) => r.care,
      hideOnPhone: true,
    },
    {
      key: "bar",
      head: "",
      kind: "bar",
      cell: (r) => (
        <BarTick
          now={r.figures.fund_paid?.value}
          last={params.yoy === "0" ? null : r.figures.fund_paid?.previous}
          max={most}
        />
      ),
    },
    ...useFigureColumns<CategoryRow>([
      { indicator: "fund_paid", main: true },
      { indicator: "visits" },
      { indicator: "avg_fee" },
    ]),
  ];
  if (list.length === 0) return null;
  const title = t("facility.categories");
  return (
    <Panel
      title={title}
      small={periodText(data.period, lang)}
      sheet={() => sheetOf(title, columns, list)}
      figures={() => figuresOf(list)}
    >
      <div class="scroll">
        <DataTable label={title} columns={columns} rows={list} rowKey={(r) => `${r.care} ${r.category}`} />
      </div>
    </Panel>
  );
}

const amount = (v: Figure | string | null | undefined): Amount =>
  typeof v === "object" && v !== null ? v.value : v;

function Beside({ data }: { data: FacilityData }) {
  const { t, lang } = useText();
  const dip = data.dip;
  const days = data.reporting?.by_day ?? [];
  return (
    <div class="c4 column">
      <section class="panel">
        <header>
          <h2>
            {t("nav.dip")}
            <small>{t("unit.wan")}</small>
          </h2>
        </header>
        {dip ? (
          <dl class="facts">
            {[
              ["ffs_amount", t("dip.ffs"), `${show(amount(dip.dip_cases), "count")} ${t("unit.case")}`],
              [
                "dip_amount",
                t("dip.dip"),
                `${indicatorName("dip_prepay_rate", lang)} ${show(amount(dip.dip_prepay_rate), "pct")}`,
              ],
              ["dip_difference", t("dip.difference"), t("dip.differenceWhy")],
            ].map(([key, name, note]) => (
              <div key={key}>
                <dt>{name}</dt>
                <dd>
                  {typeof dip[key] === "object" ? (
                    <Fig of={dip[key] as Figure} shape="wan" plus={key === "dip_difference"} />
                  ) : (
                    show(amount(dip[key]), "wan", key === "dip_difference")
                  )}
                </dd>
                <dd class="note">{note}</dd>
              </div>
            ))}
          </dl>
        ) : (
          <p class="quiet">{t("dip.none")}</p>
        )}
      </section>
      <section class="panel">
        <header>
          <h2>{t("facility.reporting")}</h2>
        </header>
        <dl class="facts">
          {data.reporting && (
            <>
              <div>
                <dt>{t("facility.latest")}</dt>
                <dd>{data.reporting.latest ? data.reporting.latest.slice(5, 16).replace("T", " ") : "—"}</dd>
                <dd
                  class={`note${data.reporting.standing === "lagging" || data.reporting.standing === "gone" ? " watch" : ""}`}
                >
                  {said(t, "standing", data.reporting.standing)}
                </dd>
              </div>
              <div>
                <dt>{t("facility.gap")}</dt>
                <dd>
                  {t("age.days", {
                    n: show(data.reporting.days === null ? null : String(data.reporting.days), "one"),
                  })}
                </dd>
                <dd class="note">
                  {t("facility.usualGap", {
                    n: show(
                      data.reporting.usual_days === null ? null : String(data.reporting.usual_days),
                      "one",
                    ),
                  })}
                </dd>
              </div>
            </>
          )}
          <div>
            <dt>{t("facility.orphans")}</dt>
            <dd>{t("trust.records", { n: data.refunds?.orphans ?? 0 })}</dd>
            <dd class="note">{t("facility.orphansWhy")}</dd>
          </div>
        </dl>
        {days.length > 1 && (
          <div class="daystrip">
            <svg width="100%" height="1.125rem" role="img" aria-label={t("facility.dayStrip")}>
              {days.map((d, i) => {
                const has = (place(d.visits) ?? 0) !== 0;
                return (
                  <rect
                    key={d.day}
                    x={`${(i / days.length) * 100}%`}
                    width={`${(100 / days.length) * 0.78}%`}
                    height="100%"
                    fill={has ? "var(--neutral-bar)" : "none"}
                    stroke={has ? "none" : "var(--line-strong)"}
                  >
                    <title>
                      {d.day} {show(d.visits, "count")}
                    </title>
                  </rect>
                );
              })}
            </svg>
            <p class="axis-row ends">
              <span>{dayText(days[0].day, lang)}</span>
              <span>{t("facility.dayStrip")}</span>
              <span>{dayText(days[days.length - 1].day, lang)}</span>
            </p>
          </div>
        )}
      </section>
      <section class="panel">
        <header>
          <h2>{t("alerts.openTitle")}</h2>
        </header>
        <AlertList alerts={data.alerts} most={5} />
      </section>
    </div>
  );
}

/** One facility against its peers: by figure, by month, by category. */
export function Facility({ code }: { code?: string }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const care = params.care ?? "inpatient";
  const answer = useApi<FacilityData>(
    apiUrl(`facilities/${encodeURIComponent(code ?? "")}`, {
      period: params.period,
      insurance: params.insurance,
      care,
      peers: params.peers,
    }),
  );
  const data = answer.data;
  return (
    <>
      <header class="head">
        <div>
          <h1 tabIndex={-1}>
            {data?.facility.name ?? code}{" "}
            {data && data.completeness !== "1.000000" && <Mark of="provisional" />}
          </h1>
          <p class="tags">
            <a class="more" href={hrefOf("/facilities")}>
              {t("nav.facilities")}
            </a>{" "}
            {data &&
              [
                data.facility.tier && valueName("tier", data.facility.tier, lang),
                data.facility.kind && valueName("kind", data.facility.kind, lang),
                data.facility.ownership && valueName("ownership", data.facility.ownership, lang),
                data.facility.district_name,
              ]
                .filter(Boolean)
                .map((v) => ` · ${v}`)}{" "}
            <span class="quiet">{code}</span>
          </p>
        </div>
        <div class="filters">
          <Segments
            label={t("facility.peers")}
            value={params.peers ?? data?.peers.scope ?? "local"}
            options={[
              { value: "local", name: t("facility.local") },
              { value: "all", name: t("facility.all") },
            ]}
            onPick={(v) => change({ peers: v })}
          />
          <Pickers show={["period", "insurance", "yoy"]} />
        </div>
      </header>
      <Loaded answer={answer}>
        {(d) => (
          <>
            <Finding of={d.finding} />
            <div class="grid">
              <StripPanel data={d} care={care} />
              <Beside data={d} />
              <MonthsPanel data={d} />
              <Categories data={d} />
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

import { partsOfFund } from "../../../../aggregations/monitor/fund-measures.js";
import { FallBar } from "../charts/marks.js";
import { catalogue, valueName } from "../data/catalogue.js";
import { dayText, yearBefore } from "../format/date.js";
import { place, show, signed } from "../format/number.js";
import { Finding } from "../parts/finding.js";
import { Panel } from "../parts/panel.js";
import { Pick } from "../parts/pickers.js";
import { EmptyView, Loaded } from "../parts/states.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { useStore } from "../state/store.js";
import { change, hrefOf, usePlace } from "../state/url.js";
import { type Key, useText } from "../text/text.js";
import { PaceChart } from "./pace-chart.js";
import type { Contributions, PaceData, PaceDay } from "./pace-data.js";
import { useView } from "./use-view.js";

const FIRST_FUND = "employee_pool";
const DIMENSION: Readonly<Record<string, string>> = {
  by_category: "category",
  by_facility: "facility",
  by_district: "district",
  by_region: "region",
};

interface Step {
  readonly key: string | null;
  readonly name: string;
  readonly value: string;
  readonly previous: string;
  readonly difference: string;
  readonly from: number;
  readonly to: number;
  readonly total: boolean;
}

/** From zero to the difference: five rows, the rest, the total; they sum to the fen. */
function steps(of: Contributions, rest: string, total: string): Step[] {
  let at = 0;
  const rows = [
    ...of.rows,
    ...(of.rest && (place(of.rest.value) || place(of.rest.previous))
      ? [{ ...of.rest, key: null, name: rest }]
      : []),
  ].map((r) => {
    const from = at;
    at += place(r.difference) ?? 0;
    return {
      key: r.key,
      name: r.name,
      value: r.value,
      previous: r.previous,
      difference: r.difference,
      from,
      to: at,
      total: false,
    };
  });
  return [
    ...rows,
    { ...of.total, key: null, name: total, from: 0, to: place(of.total.difference) ?? 0, total: true },
  ];
}

function Waterfall({ name, of, data }: { name: string; of: Contributions; data: PaceData }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const dimension = DIMENSION[name] ?? name;
  const rows = steps(
    of,
    of.rest?.count ? t("col.other", { n: of.rest.count }) : t("col.rest"),
    t("col.total"),
  );
  const low = Math.min(0, ...rows.flatMap((r) => [r.from, r.to]));
  const high = Math.max(0, ...rows.flatMap((r) => [r.from, r.to]));
  const label = (r: Step): string =>
    r.key && lang === "en" && dimension !== "facility" ? valueName(dimension, r.key, lang) : r.name;
  const columns: Column<Step>[] = [
    {
      key: "name",
      head: t(`by.${dimension}` as Key),
      kind: "name",
      cell: (r) =>
        r.key && dimension === "facility" ? (
          <a href={hrefOf(`/facilities/${encodeURIComponent(r.key)}`)}>{label(r)}</a>
        ) : (
          label(r)
        ),
      raw: label,
    },
    {
      key: "previous",
      head: t("series.last"),
      numeric: true,
      cell: (r) => <span class="quiet">{show(r.previous, "wan")}</span>,
      raw: (r) => r.previous,
    },
    {
      key: "value",
      head: t("series.now"),
      numeric: true,
      cell: (r) => show(r.value, "wan"),
      raw: (r) => r.value,
    },
    {
      key: "bar",
      head: "",
      kind: "bar",
      cell: (r) => (
        <FallBar
          from={r.from}
          to={r.to}
          low={low}
          high={high}
          tone={r.total ? "total" : r.to >= r.from ? "up" : "down"}
        />
      ),
    },
    {
      key: "difference",
      head: t("pace.difference"),
      numeric: true,
      kind: "main",
      cell: (r) => signed(r.difference, "wan"),
      raw: (r) => r.difference,
    },
  ];
  const title = t(`pace.${name}` as Key);
  const measures = partsOfFund(data.fund).map(
    (p) => `(insurance = '${p.insurance}' AND indicator = '${p.measure}')`,
  );
  const sql = `SELECT ${dimension}, sum(value) AS value, sum(previous) AS previous, sum(change) AS difference
FROM indicators
WHERE period = '${data.period}' AND grouping = 'care+${dimension}'
  AND (${measures.join(" OR ")})
GROUP BY ALL
ORDER BY abs(difference) DESC;`;
  return (
    <Panel
      title={title}
      small={t("unit.wan")}
      span="c6"
      sheet={() => sheetOf(title, columns, rows)}
      sql={params.district ? undefined : () => sql}
    >
      <div class="scroll">
        <DataTable
          label={title}
          columns={columns}
          rows={rows}
          className="fall"
          rowKey={(r) => `${r.key}${r.name}`}
          rowClass={(r) => (r.total ? "total" : undefined)}
        />
      </div>
    </Panel>
  );
}

function dayColumns(
  t: ReturnType<typeof useText>["t"],
  lang: ReturnType<typeof useText>["lang"],
): Column<PaceDay>[] {
  const money = (key: keyof PaceDay & string, head: string): Column<PaceDay> => ({
    key,
    head,
    numeric: true,
    cell: (r) => show(r[key], "wan"),
    raw: (r) => r[key],
  });
  return [
    { key: "day", head: t("kind.day"), kind: "name", cell: (r) => dayText(r.day, lang), raw: (r) => r.day },
    money("now", t("series.now")),
    money("last", t("series.last")),
    money("plan", t("pace.plan")),
    {
      key: "lead",
      head: t("pace.lead"),
      numeric: true,
      cell: (r) => signed(r.lead, "points"),
      raw: (r) => r.lead,
    },
  ];
}

/** Which fund: only those that settlements pay out of have a pace. */
export function PaceFund() {
  const { t, lang } = useText();
  const { params } = usePlace();
  const known = useStore(catalogue);
  const funds = known?.dimensions.find((d) => d.dimension === "fund")?.values ?? [];
  return (
    <Pick
      name="fund"
      label={t("picker.fund")}
      value={params.fund ?? FIRST_FUND}
      options={funds
        .filter((f) => f.value !== "risk_reserve")
        .map((f) => ({ value: f.value, name: lang === "zh" ? f.zh : f.en || f.zh }))}
      onPick={(v) => change({ fund: v === FIRST_FUND ? null : v })}
    />
  );
}

/** 支出进度: ahead of the pace or not, since when, where the year ends, what explains it. */
export function Pace(_: { code?: string }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const fund = params.fund ?? FIRST_FUND;
  const wall = params.wall === "1";
  const answer = useView<PaceData>("pace", { fund });
  return (
    <Loaded answer={answer}>
      {(data) => {
        const columns = dayColumns(t, lang);
        const title = t("pace.title");
        const watch = data.finding.zh.some((p) => p.tone === "watch" || p.tone === "critical");
        const sql =
          data.sql?.days ??
          `SELECT period, value, previous
FROM indicators
WHERE period_kind = 'ytd' AND insurance = 'all' AND grouping = 'fund' AND fund = '${data.fund}' AND indicator = 'settled_expense'
ORDER BY period;`;
        const shown = Object.entries(data.contributions).filter(
          (entry): entry is [string, Contributions] => (entry[1]?.rows.length ?? 0) > 1,
        );
        return (
          <>
            <Finding of={data.finding} />
            {data.days.every((d) => d.now === null) ? (
              <EmptyView />
            ) : (
              <div class="grid">
                <Panel
                  title={title}
                  small={t("pace.small")}
                  table={() => (
                    <DataTable label={title} columns={columns} rows={data.days} rowKey={(r) => r.day} />
                  )}
                  sheet={() => sheetOf(title, columns, data.days)}
                  sql={() => sql}
                >
                  <PaceChart data={data} watch={watch} />
                </Panel>
                {!wall && shown.map(([name, c]) => <Waterfall key={name} name={name} of={c} data={data} />)}
                {!wall && data.outlook_row && (
                  <section class={`panel formula ${shown.length % 2 ? "c6" : "c12"}`}>
                    <b>{t("pace.how")}</b>
                    {(lang === "zh" ? data.outlook_row.method_zh : null) ??
                      t(data.outlook_row.method === "straight_line" ? "pace.straight" : "pace.earlier", {
                        years: data.outlook_row.years ?? yearBefore(data.period).slice(0, 4),
                      })}{" "}
                    {t("pace.asOf", {
                      day: dayText(data.outlook_row.as_of, lang),
                      n: show(data.outlook_row.projected, "wan"),
                    })}
                  </section>
                )}
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

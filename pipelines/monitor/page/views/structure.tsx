import {
  Chart,
  categoryAxis,
  css,
  niceStep,
  type Option,
  px,
  text,
  tooltip,
  valueAxis,
} from "../charts/echart.js";
import { valueName } from "../data/catalogue.js";
import type { Figures } from "../data/types.js";
import { periodText } from "../format/date.js";
import { type Amount, place, show } from "../format/number.js";
import { Finding } from "../parts/finding.js";
import { KeyBar, KeyTick } from "../parts/glyph.js";
import { Panel } from "../parts/panel.js";
import { EmptyView, Loaded } from "../parts/states.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { barColumn, figuresOf, useFigureColumns } from "./columns.js";
import { useView, type ViewAnswer } from "./use-view.js";

interface Line {
  readonly care: string;
  readonly category: string | null;
  readonly name: string;
  readonly parent?: string | null;
  readonly is_parent?: boolean;
  readonly figures: Figures;
}
interface StructureData extends ViewAnswer {
  readonly rows: readonly Line[];
  readonly months: readonly { readonly period: string; readonly category: string; readonly value: Amount }[];
}

/** Categories drawn by themselves; the rest is one part. */
const DRAWN = 5;
const FILLS = ["--d4", "--d3", "--d2", "--d1", "--neutral-bar", "--peer"];

function ByMonth({ data }: { data: StructureData }) {
  const { t, lang } = useText();
  const months = [...new Set(data.months.map((m) => m.period))].sort();
  const size = new Map<string, number>();
  for (const m of data.months) size.set(m.category, (size.get(m.category) ?? 0) + (place(m.value) ?? 0));
  const order = [...size].sort((a, b) => b[1] - a[1]).map(([c]) => c);
  const drawn = order.slice(0, DRAWN);
  const of = (period: string, category: string): Amount =>
    data.months.find((m) => m.period === period && m.category === category)?.value ?? null;
  const rest = (period: string): number =>
    data.months
      .filter((m) => m.period === period && !drawn.includes(m.category))
      .reduce((a, m) => a + (place(m.value) ?? 0), 0);
  if (months.length < 2) return null;
  const name = (c: string): string => (lang === "zh" ? c : valueName("category", c, lang));
  const parts = [
    ...drawn.map((c) => ({ name: name(c), values: months.map((m) => place(of(m, c)) ?? 0) })),
    ...(order.length > DRAWN ? [{ name: t("col.rest"), values: months.map(rest) }] : []),
  ];
  const draw = (chart: Option, width: number): void => {
    const top = Math.max(...months.map((_, i) => parts.reduce((a, p) => a + p.values[i], 0)), 1);
    const step = niceStep(top, 4);
    chart.setOption(
      {
        animation: false,
        textStyle: text(),
        grid: { left: px(52), right: px(8), top: px(12), bottom: px(28) },
        xAxis: categoryAxis({
          data: months,
          axisLabel: { formatter: (v: string) => String(Number(v.slice(5, 7))) },
        }),
        yAxis: valueAxis({
          min: 0,
          max: Math.ceil(top / step) * step,
          interval: step,
          axisLabel: { formatter: (v: number) => show(String(v), "wan0") },
        }),
        series: parts.map((p, i) => ({
          name: p.name,
          type: "bar",
          stack: "all",
          data: p.values,
          barWidth: width < px(480) ? "62%" : "48%",
          itemStyle: { color: css(FILLS[i]), borderColor: css("--surface"), borderWidth: 1 },
        })),
        tooltip: tooltip(
          (x) => periodText(String(x.axisValue), lang),
          (x) => show(String(x.value), "wan"),
        ),
      },
      true,
    );
  };
  const columns: Column<string>[] = [
    { key: "period", head: t("kind.month"), kind: "name", cell: (m) => periodText(m, lang), raw: (m) => m },
    ...order.map(
      (c): Column<string> => ({
        key: c,
        head: name(c),
        numeric: true,
        cell: (m) => show(of(m, c), "wan"),
        raw: (m) => of(m, c),
      }),
    ),
  ];
  const title = t("structure.months");
  return (
    <Panel
      title={title}
      small={t("unit.wan")}
      keys={parts.map((p, i) => (
        <li key={p.name}>
          <KeyBar fill={`var(${FILLS[i]})`} />
          {p.name}
        </li>
      ))}
      table={() => <DataTable label={title} columns={columns} rows={months} />}
      sheet={() => sheetOf(title, columns, months)}
      sql={() =>
        `SELECT period, category, value\nFROM indicators\nWHERE grouping = 'care+category' AND indicator = 'benefit_paid' AND period IN (${months.map((m) => `'${m}'`).join(", ")})\nORDER BY period, value DESC;`
      }
    >
      <Chart height={300} label={title} draw={draw} of={[JSON.stringify(data.months), lang]} />
    </Panel>
  );
}

/** 结构: what the money goes to, and how its shares move. */
export function Structure(_: { code?: string }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const answer = useView<StructureData>("structure");
  const figureColumns = useFigureColumns<Line>([
    { indicator: "benefit_paid", main: true },
    { indicator: "share_benefit_paid" },
    { indicator: "visits" },
    { indicator: "fee", noChange: true, hideOnPhone: true },
  ]);
  return (
    <Loaded answer={answer}>
      {(data) => {
        const label = (r: Line): string =>
          lang === "zh"
            ? r.name
            : r.category
              ? valueName("category", r.category, lang)
              : valueName("care", r.care, lang);
        const columns: Column<Line>[] = [
          { key: "name", head: t("by.category"), kind: "name", cell: label, raw: label },
          {
            key: "care",
            head: t("by.care"),
            cell: (r) => <span class="quiet">{valueName("care", r.care, lang)}</span>,
            raw: (r) => r.care,
            hideOnPhone: true,
          },
          barColumn(data.rows, "benefit_paid", params.yoy !== "0"),
          ...figureColumns,
        ];
        const title = t("structure.title");
        return (
          <>
            <Finding of={data.finding} />
            {data.rows.length === 0 ? (
              <EmptyView />
            ) : (
              <div class="grid">
                <ByMonth data={data} />
                <Panel
                  title={title}
                  small={periodText(data.period, lang)}
                  className="long"
                  keys={
                    <>
                      <li>
                        <KeyBar />
                        {t("series.this")}
                      </li>
                      <li>
                        <KeyTick />
                        {t("series.last")}
                      </li>
                    </>
                  }
                  sheet={() => sheetOf(title, columns, data.rows)}
                  figures={() =>
                    figuresOf(data.rows, ["benefit_paid", "share_benefit_paid", "visits", "fee"])
                  }
                >
                  <div class="scroll">
                    <DataTable
                      label={title}
                      columns={columns}
                      rows={data.rows}
                      rowKey={(r) => `${r.care} ${r.category}`}
                      rowClass={(r) => (r.category === null ? "group" : "child")}
                    />
                  </div>
                </Panel>
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

import { Chart, css, niceStep, type Option, px, text, tooltip, valueAxis } from "../charts/echart.js";
import { indicatorInfo, indicatorName } from "../data/catalogue.js";
import { place, type Shape, shapeOf, show } from "../format/number.js";
import { Panel } from "../parts/panel.js";
import { Pick } from "../parts/pickers.js";
import { DataTable, sheetOf } from "../parts/table.js";
import { change, go, hrefOf } from "../state/url.js";
import { useText } from "../text/text.js";
import { figuresOf } from "./columns.js";
import type { RankedFacility } from "./facilities.js";

/** How many of the outermost dots are named. */
const NAMED = 6;

const shapeFor = (indicator: string): Shape => {
  const shape = shapeOf(indicatorInfo(indicator)?.unit ?? "");
  return shape === "wan" ? "wan0" : shape;
};

/** The rows that stand farthest from the middle of both indicators, in their own spread. */
function outermost(rows: readonly RankedFacility[], x: string, y: string): Set<string> {
  const points = rows
    .map((r) => ({ r, x: place(r.figures[x]?.value), y: place(r.figures[y]?.value) }))
    .filter((p): p is { r: RankedFacility; x: number; y: number } => p.x !== null && p.y !== null);
  const middle = (list: number[]): number =>
    [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
  const [mx, my] = [middle(points.map((p) => p.x)), middle(points.map((p) => p.y))];
  const [sx, sy] = [
    middle(points.map((p) => Math.abs(p.x - mx))) || 1,
    middle(points.map((p) => Math.abs(p.y - my))) || 1,
  ];
  return new Set(
    [...points]
      .sort(
        (a, b) => Math.hypot((b.x - mx) / sx, (b.y - my) / sy) - Math.hypot((a.x - mx) / sx, (a.y - my) / sy),
      )
      .slice(0, NAMED)
      .map((p) => p.r.facility),
  );
}

/** Two indicators against each other: a dot a facility, the outermost named; a click opens it. */
export function FacilityScatter({
  rows,
  x,
  y,
  choices,
}: {
  rows: readonly RankedFacility[];
  x: string;
  y: string;
  choices: readonly string[];
}) {
  const { t, lang } = useText();
  const usable = rows.filter(
    (r) => place(r.figures[x]?.value) !== null && place(r.figures[y]?.value) !== null,
  );
  const named = outermost(usable, x, y);
  const title = t("facilities.scatter");
  const axisName = (i: string): string =>
    `${indicatorName(i, lang)}${shapeFor(i) === "wan0" ? `${lang === "zh" ? "，" : ", "}${t("unit.wan")}` : shapeFor(i) === "yuan" ? `${lang === "zh" ? "，" : ", "}${t("unit.yuan")}` : ""}`;
  /** Names beside the outermost dots; one that would cover another moves down a line. */
  const names = (chart: Option): Option[] => {
    const placed: { x: number; y: number; width: number }[] = [];
    return usable
      .filter((r) => named.has(r.facility))
      .map((r) => ({
        r,
        at: chart.convertToPixel({ seriesIndex: 0 }, [
          place(r.figures[x]?.value),
          place(r.figures[y]?.value),
        ]),
      }))
      .sort((a, b) => a.at[1] - b.at[1])
      .map(({ r, at }) => {
        const size = r.name.length * px(12.5);
        const left = at[0] + px(9) + size > chart.getWidth() ? at[0] - px(9) - size : at[0] + px(9);
        let top = at[1];
        while (placed.some((p) => Math.abs(p.y - top) < px(16) && left < p.x + p.width && p.x < left + size))
          top += px(16);
        placed.push({ x: left, y: top, width: size });
        return {
          type: "text",
          silent: true,
          z: 20,
          x: left,
          y: top,
          style: { text: r.name, ...text({ fill: css("--ink-2"), verticalAlign: "middle" }) },
        };
      });
  };
  const draw = (chart: Option, width: number): void => {
    const axis = (i: string, horizontal: boolean): Option => {
      const values = usable.map((r) => place(r.figures[i]?.value) ?? 0);
      const low = Math.min(...values);
      const high = Math.max(...values);
      const step = niceStep(high - low || high || 1, horizontal ? 6 : 4);
      const min = low - step < 0 && low >= 0 ? 0 : Math.floor(low / step) * step;
      return valueAxis({
        name: axisName(i),
        nameLocation: horizontal ? "middle" : "end",
        nameGap: px(horizontal ? 30 : 12),
        nameTextStyle: text({
          align: horizontal ? "center" : "left",
          padding: horizontal ? 0 : [0, 0, 0, -px(40)],
        }),
        min,
        max: Math.ceil(high / step) * step || step,
        interval: step,
        splitLine: { show: !horizontal, lineStyle: { color: css("--line") } },
        axisLine: { show: horizontal, lineStyle: { color: css("--line-strong") } },
        axisLabel: { formatter: (v: number) => show(String(v), shapeFor(i)), hideOverlap: true },
      });
    };
    // Asked once: a colour costs a look at the whole page's style.
    const [now, surface, last] = [css("--now"), css("--surface"), css("--last")];
    const borderWidth = px(1.5);
    chart.setOption(
      {
        animation: false,
        textStyle: text(),
        grid: { left: px(56), right: px(width > px(480) ? 150 : 16), top: px(34), bottom: px(52) },
        xAxis: axis(x, true),
        yAxis: axis(y, false),
        series: [
          {
            name: title,
            type: "scatter",
            symbolSize: px(10),
            data: usable.map((r) => ({
              value: [place(r.figures[x]?.value), place(r.figures[y]?.value)],
              name: r.name,
              facility: r.facility,
              itemStyle: {
                color: named.has(r.facility) ? now : surface,
                borderColor: named.has(r.facility) ? now : last,
                borderWidth,
              },
            })),
          },
        ],
        tooltip: tooltip(
          (p) => String(p.name),
          (p) => {
            const r = usable[p.dataIndex];
            return `${axisName(x)} ${show(r.figures[x]?.value, shapeFor(x))}；${axisName(y)} ${show(r.figures[y]?.value, shapeFor(y))}`;
          },
          "item",
        ),
      },
      true,
    );
    if (width > px(480)) chart.setOption({ graphic: names(chart) });
    chart.off("click");
    chart.on("click", (p: Option) => go(hrefOf(`/facilities/${encodeURIComponent(p.data.facility)}`)));
  };
  const columns = [
    {
      key: "name",
      head: t("by.facility"),
      kind: "name" as const,
      cell: (r: RankedFacility) => r.name,
      raw: (r: RankedFacility) => r.name,
    },
    ...[x, y].map((i) => ({
      key: i,
      head: axisName(i),
      numeric: true,
      cell: (r: RankedFacility) => show(r.figures[i]?.value, shapeFor(i)),
      raw: (r: RankedFacility) => r.figures[i]?.value,
    })),
  ];
  const choose = (axis: "x" | "y", value: string, first: string) => (
    <Pick
      name={axis}
      label={t(axis === "x" ? "facilities.across" : "facilities.up")}
      value={value}
      options={choices.map((i) => ({ value: i, name: indicatorName(i, lang) }))}
      onPick={(v) => change({ [axis]: v === first ? null : v }, "replace")}
    />
  );
  return (
    <Panel
      title={title}
      small={t("facilities.scatterSmall")}
      extra={
        <div class="row hide-s">
          {choose("x", x, "visits")}
          {choose("y", y, "avg_fee")}
        </div>
      }
      table={() => <DataTable label={title} columns={columns} rows={usable} />}
      sheet={() => sheetOf(title, columns, usable)}
      figures={() => figuresOf(usable, [x, y])}
    >
      <Chart
        height={360}
        label={`${title}：${axisName(x)}，${axisName(y)}`}
        draw={draw}
        of={[
          JSON.stringify(usable.map((r) => [r.facility, r.figures[x]?.value, r.figures[y]?.value])),
          x,
          y,
          lang,
        ]}
      />
    </Panel>
  );
}

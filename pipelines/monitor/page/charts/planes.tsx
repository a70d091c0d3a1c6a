import { type Amount, place, type Shape, show } from "../format/number.js";
import {
  Chart,
  categoryAxis,
  css,
  niceStep,
  type Option,
  px,
  spread,
  text,
  tooltip,
  valueAxis,
} from "./echart.js";

export interface PlaneLine {
  readonly name: string;
  readonly role: "now" | "last" | "median" | "peer";
  readonly values: readonly Amount[];
}
/** One small plane: an indicator over the months, what is compared beside it. */
export interface Plane {
  readonly title: string;
  readonly shape: Shape;
  readonly lines: readonly PlaneLine[];
  /** Middle half of the peers. */
  readonly band?: {
    readonly name: string;
    readonly low: readonly Amount[];
    readonly high: readonly Amount[];
  };
  /** Bars start at zero; lines need not. */
  readonly bars?: boolean;
}

const SCALE: Partial<Record<Shape, number>> = {
  wan: 1e-4,
  wan1: 1e-4,
  wan0: 1e-4,
  pct: 100,
  pct2: 100,
  points: 100,
};

function stroke(role: PlaneLine["role"]): Option {
  switch (role) {
    case "now":
      return { color: css("--now"), width: px(2.5) };
    case "last":
      return { color: css("--last"), width: px(1.5) };
    case "median":
      return { color: css("--ink-2"), width: px(1.75) };
    default:
      return { color: css("--peer"), width: px(1) };
  }
}

/** Small multiples: planes side by side over the same months, labels at the lines' ends instead of a legend. */
export function Planes({
  planes,
  months,
  label,
  wide = 3,
}: {
  planes: readonly Plane[];
  months: readonly string[];
  label: string;
  wide?: number;
}) {
  const rowHeight = 208;
  const columnsOf = (width: number): number =>
    width < 560 ? 1 : width < 900 ? Math.min(2, wide) : Math.min(wide, planes.length);
  const draw = (chart: Option, width: number): void => {
    const columns = columnsOf(width / px(1));
    const left = px(48);
    const end = px(planes.every((p) => p.bars) ? 16 : 84);
    const cell = width / columns;
    const at = (i: number): Option => ({
      left: (i % columns) * cell + left,
      width: cell - left - end,
      top: Math.floor(i / columns) * px(rowHeight) + px(30),
      height: px(rowHeight - 66),
    });
    const factor = (p: Plane): number => SCALE[p.shape] ?? 1;
    const scaled = (p: Plane, list: readonly Amount[]): (number | null)[] =>
      list.map((v) => {
        const n = place(v);
        return n === null ? null : n * factor(p);
      });
    const ranges = planes.map((p) => {
      const all = [
        ...p.lines.flatMap((l) => scaled(p, l.values)),
        ...(p.band ? [...scaled(p, p.band.low), ...scaled(p, p.band.high)] : []),
      ].filter((v): v is number => v !== null);
      if (all.length === 0) return { min: 0, max: 1, interval: 1 };
      const high = Math.max(...all);
      const low = p.bars ? Math.min(0, ...all) : Math.min(...all);
      const step = niceStep(high - low || Math.abs(high) || 1, 3);
      const min = Math.floor(low / step) * step;
      const max = Math.ceil(high / step) * step;
      return { min, max: max === min ? min + step : max, interval: step };
    });
    const tickText =
      (p: Plane, step: number) =>
      (v: number): string =>
        show(
          (v / factor(p)).toPrecision(12),
          p.shape === "wan"
            ? step < 1
              ? "wan1"
              : "wan0"
            : p.shape === "yuan" || p.shape === "count"
              ? p.shape
              : step >= 1
                ? p.shape === "pct"
                  ? "pct"
                  : "count"
                : p.shape,
        ).replace(/\.0%/, "%");
    const monthName = (m: string): string => String(Number(m.slice(5, 7)));
    chart.setOption(
      {
        animation: false,
        textStyle: text(),
        grid: planes.map((_, i) => at(i)),
        xAxis: planes.map((p, i) =>
          categoryAxis({
            gridIndex: i,
            data: months,
            boundaryGap: p.bars ?? false,
            axisLabel: {
              formatter: monthName,
              interval: (k: number) => months.length <= 7 || k % 2 === 0,
              margin: px(8),
            },
          }),
        ),
        yAxis: planes.map((p, i) =>
          valueAxis({
            gridIndex: i,
            ...ranges[i],
            axisLabel: { formatter: tickText(p, ranges[i].interval) },
          }),
        ),
        series: planes.flatMap((p, i): Option[] => [
          ...(p.band
            ? [
                {
                  name: "\u0000low",
                  type: "line",
                  xAxisIndex: i,
                  yAxisIndex: i,
                  stack: `band${i}`,
                  data: scaled(p, p.band.low),
                  symbol: "none",
                  lineStyle: { opacity: 0 },
                  silent: true,
                },
                {
                  name: "\u0000high",
                  type: "line",
                  xAxisIndex: i,
                  yAxisIndex: i,
                  stack: `band${i}`,
                  data: scaled(p, p.band.high).map((v, k) =>
                    v === null ? null : v - (scaled(p, p.band?.low ?? [])[k] ?? 0),
                  ),
                  symbol: "none",
                  lineStyle: { opacity: 0 },
                  areaStyle: { color: css("--peer-band"), opacity: 1 },
                  silent: true,
                },
              ]
            : []),
          ...p.lines.map(
            (l): Option =>
              p.bars && l.role === "now"
                ? {
                    name: l.name,
                    type: "bar",
                    xAxisIndex: i,
                    yAxisIndex: i,
                    data: scaled(p, l.values),
                    itemStyle: { color: css("--now") },
                    barWidth: "62%",
                    z: 3,
                  }
                : p.bars
                  ? {
                      name: l.name,
                      type: "scatter",
                      xAxisIndex: i,
                      yAxisIndex: i,
                      data: scaled(p, l.values),
                      symbol: "rect",
                      symbolSize: [
                        Math.max(px(4), ((cell - left - end) / Math.max(1, months.length)) * 0.72),
                        px(2.5),
                      ],
                      itemStyle: { color: css("--ink") },
                      z: 4,
                    }
                  : {
                      name: l.name,
                      type: "line",
                      xAxisIndex: i,
                      yAxisIndex: i,
                      data: scaled(p, l.values),
                      symbol: l.role === "now" ? "circle" : "none",
                      symbolSize: px(5),
                      itemStyle: { color: css("--now") },
                      lineStyle: stroke(l.role),
                      silent: l.role === "peer",
                      z: l.role === "now" ? 6 : l.role === "peer" ? 2 : 4,
                    },
          ),
        ]),
        tooltip: tooltip(
          (x) => String(x.axisValue),
          (x) => {
            const p = planes[x.axisIndex ?? 0] ?? planes[0];
            return show((Number(x.value) / factor(p)).toPrecision(14), p.shape);
          },
        ),
      },
      true,
    );
    const graphic: Option[] = [];
    const put = (x: number, y: number, words: string, style: Option = {}): void => {
      graphic.push({
        type: "text",
        silent: true,
        z: 20,
        x,
        y,
        style: { text: words, ...text({ fill: css("--ink-2"), verticalAlign: "middle" }), ...style },
      });
    };
    planes.forEach((p, i) => {
      const box = at(i);
      put(box.left - px(40), box.top - px(18), p.title, {
        fill: css("--ink"),
        fontWeight: 600,
        fontSize: px(13),
      });
      if (p.bars) return;
      const ends = p.lines
        .filter((l) => l.role !== "peer")
        .flatMap((l) => {
          const values = scaled(p, l.values);
          let k = values.length - 1;
          while (k >= 0 && values[k] === null) k--;
          return k < 0
            ? []
            : [
                {
                  l,
                  y: chart.convertToPixel({ xAxisIndex: i, yAxisIndex: i }, [k, values[k]])[1],
                  value: l.values[k],
                },
              ];
        });
      for (const e of spread(ends, px(16)))
        put(
          box.left + box.width + px(8),
          e.ly,
          `${e.l.name} ${show(e.value, p.shape === "wan" ? "wan0" : p.shape === "pct" ? "pct" : p.shape)}`,
          e.l.role === "now" ? { fill: css("--now"), fontWeight: 600 } : {},
        );
    });
    chart.setOption({ graphic });
  };
  return (
    <Chart
      height={(width) => Math.ceil(planes.length / columnsOf(width)) * rowHeight}
      label={label}
      draw={draw}
      of={[JSON.stringify(planes), months.join()]}
    />
  );
}

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
} from "../charts/echart.js";
import { dayText, monthText } from "../format/date.js";
import { magnitude, place, show, signed } from "../format/number.js";
import { usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import type { PaceData } from "./pace-data.js";

/** Cumulative spending of the year by day over last year's, the budget's pace and the outlook; beneath, the lead. */
export function PaceChart({ data, watch }: { data: PaceData; watch: boolean }) {
  const { t, lang } = useText();
  const wall = usePlace().params.wall === "1";
  const days = data.days;
  const value = (v: string | null | undefined): number | null => place(v);
  const today = days.reduce((last, d, i) => (d.now !== null ? i : last), -1);
  const outlook = new Map(data.outlook.map((d) => [d.day, d]));
  const draw = (chart: Option, width: number): void => {
    const slim = width < px(560);
    const left = px(slim ? 44 : 56);
    const right = px(slim ? 96 : 204);
    const now = css("--now");
    const mainHeight = px(slim ? 280 : wall ? 252 : 372);
    const all = [
      ...days.flatMap((d) => [value(d.now), value(d.last), value(d.plan)]),
      ...data.outlook.map((d) => value(d.high)),
    ].filter((v): v is number => v !== null);
    const step = niceStep(Math.max(...all, 1), 5);
    const top = Math.ceil((Math.max(...all, 1) * 1.02) / step) * step;
    const leads = days.map((d) => (d.lead === null ? null : (value(d.lead) ?? 0) * 100));
    const known = leads.filter((v): v is number => v !== null);
    const low = Math.floor(Math.min(0, ...known));
    const high = Math.ceil(Math.max(1, ...known.map((v) => v + 0.3)));
    const leadStep = high - low > 12 ? niceStep(high - low, 3) : high - low > 4 ? 2 : 1;
    const starts = days.map((d, i) => (d.day.endsWith("-01") ? i : -1)).filter((i) => i >= 0);
    const middles = days.map((d, i) => (d.day.endsWith("-15") ? i : -1)).filter((i) => i >= 0);
    const band = days.map((d) => outlook.get(d.day));
    const hasLead = known.length > 0;
    const series: Option[] = [
      {
        name: "\u0000low",
        type: "line",
        stack: "band",
        data: band.map((o) => value(o?.low)),
        symbol: "none",
        lineStyle: { opacity: 0 },
        silent: true,
      },
      {
        name: "\u0000high",
        type: "line",
        stack: "band",
        data: band.map((o) => (o ? (value(o.high) ?? 0) - (value(o.low) ?? 0) : null)),
        symbol: "none",
        lineStyle: { opacity: 0 },
        areaStyle: { color: css("--band"), opacity: 1 },
        silent: true,
      },
      {
        name: t("series.last"),
        type: "line",
        data: days.map((d) => value(d.last)),
        symbol: "none",
        lineStyle: { color: css("--last"), width: px(1.5) },
        z: 3,
      },
      {
        name: t("pace.plan"),
        type: "line",
        data: days.map((d) => value(d.plan)),
        symbol: "none",
        lineStyle: { color: css("--plan"), width: px(1.25), type: [px(5), px(4)] },
        z: 4,
      },
      {
        name: t("view.outlook"),
        type: "line",
        data: band.map((o) => value(o?.projected)),
        symbol: "none",
        lineStyle: { color: now, width: px(2), type: [px(2), px(3)] },
        z: 5,
      },
      {
        name: t("series.now"),
        type: "line",
        data: days.map((d) => value(d.now)),
        symbol: "none",
        lineStyle: { color: now, width: px(3) },
        z: 6,
        markLine:
          today < 0
            ? undefined
            : {
                silent: true,
                symbol: "none",
                label: { show: false },
                lineStyle: { color: css("--line-strong"), width: 1, type: "solid" },
                data: [{ xAxis: today }],
              },
      },
    ];
    if (hasLead)
      series.push({
        name: t("pace.lead"),
        type: "line",
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: leads,
        symbol: "none",
        lineStyle: { color: now, width: px(2) },
        areaStyle: { color: css("--now-soft"), origin: 0 },
      });
    const label = {
      interval: (i: number) => middles.includes(i) && (!slim || middles.indexOf(i) % 3 === 1),
      formatter: (v: string) => monthText(Number(v.slice(5, 7)), lang),
      margin: px(10),
    };
    chart.setOption(
      {
        animation: false,
        textStyle: text(),
        grid: [
          { left, right, top: px(20), height: mainHeight },
          { left, right, top: px(20) + mainHeight + px(58), height: px(98) },
        ],
        xAxis: (hasLead ? [0, 1] : [0]).map((gridIndex) =>
          categoryAxis({
            gridIndex,
            data: days.map((d) => d.day),
            boundaryGap: false,
            axisLabel: { show: gridIndex === 0, ...label },
            axisTick: {
              show: gridIndex === 0,
              interval: (i: number) => starts.includes(i),
              lineStyle: { color: css("--line-strong") },
            },
            axisLine: { onZero: gridIndex === 1, lineStyle: { color: css("--line-strong") } },
          }),
        ),
        yAxis: [
          valueAxis({
            min: 0,
            max: top,
            interval: step,
            axisLabel: { formatter: (v: number) => show(String(v), "wan0") },
          }),
          ...(hasLead
            ? [
                valueAxis({
                  gridIndex: 1,
                  min: low,
                  max: high,
                  interval: leadStep,
                  axisLabel: { formatter: (v: number) => (v === 0 ? "0" : signed(String(v), "count")) },
                }),
              ]
            : []),
        ],
        series,
        tooltip: tooltip(
          (x) => dayText(String(x.axisValue), lang),
          (x) =>
            x.seriesName === t("pace.lead")
              ? `${signed(days[x.dataIndex].lead, "points")} ${t("unit.points")}`
              : show(String(x.value), "wan"),
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
        style: {
          text: words,
          ...text({ fill: css("--ink-2"), fontSize: px(13), verticalAlign: "middle" }),
          ...style,
        },
      });
    };
    const at = (i: number, v: number, grid = 0): [number, number] =>
      chart.convertToPixel({ xAxisIndex: grid, yAxisIndex: grid }, [i, v]);
    const end = days.length - 1;
    const row = data.outlook_row;
    const ends: { y: number; words: string; more?: string; style: Option }[] = [];
    const finish = (v: string | null | undefined, words: string, style: Option, more?: string): void => {
      const n = value(v);
      if (n !== null) ends.push({ y: at(end, n)[1], words, more, style });
    };
    finish(
      row?.projected,
      `${t("view.outlook")} ${show(row?.projected, "wan0")}`,
      { fill: now, fontWeight: 600 },
      row ? t("view.range", { low: show(row.low, "wan0"), high: show(row.high, "wan0") }) : undefined,
    );
    finish(data.budget, `${t("view.budget")} ${show(data.budget, "wan0")}`, {
      fill: css("--ink"),
      fontWeight: 600,
    });
    finish(days[end]?.last, `${t("series.last")} ${show(days[end]?.last, "wan0")}`, {});
    for (const e of spread(ends, px(20))) {
      const x = at(end, 0)[0];
      graphic.push({
        type: "line",
        silent: true,
        z: 10,
        shape: { x1: x + px(3), y1: e.y, x2: x + px(12), y2: e.ly },
        style: { stroke: css("--line-strong"), lineWidth: 1 },
      });
      put(x + px(15), e.ly, e.words, e.style);
      if (e.more && !slim) put(x + px(103), e.ly, e.more, { fontSize: px(12), fill: css("--ink-3") });
    }
    if (today >= 0) {
      const spent = value(days[today].now) ?? 0;
      const [tx, ty] = at(today, spent);
      graphic.push({
        type: "circle",
        silent: true,
        z: 12,
        shape: { cx: tx, cy: ty, r: px(4.5) },
        style: { fill: now, stroke: css("--surface"), lineWidth: px(2) },
      });
      put(tx, px(8), dayText(days[today].day, lang), {
        align: "center",
        fontSize: px(12),
        fill: css("--ink-3"),
      });
      const lead = days[today].lead;
      if (lead !== null && leads[today] !== null) {
        const [lx, ly] = at(today, leads[today] ?? 0, 1);
        graphic.push({
          type: "circle",
          silent: true,
          z: 12,
          shape: { cx: lx, cy: ly, r: px(3.5) },
          style: { fill: watch ? css("--watch-fill") : now },
        });
        put(lx + px(10), ly, signed(lead, "points"), {
          fill: watch ? css("--watch") : css("--ink"),
          fontWeight: 600,
        });
      }
      if (hasLead)
        put(left, px(20) + mainHeight + px(44), t("pace.leadTitle"), { fill: css("--ink"), fontWeight: 600 });
      // What stands today, where the plane is empty: under the lines, to the right of the day.
      if (!slim && today < days.length * 0.72) {
        const bx = tx + px(28);
        const line = px(22);
        const lines: [string, string | null, Option, Option][] = [
          [
            t("series.now"),
            days[today].now,
            { fill: now, fontWeight: 600 },
            { stroke: now, lineWidth: px(3) },
          ],
          [
            t("pace.plan"),
            days[today].plan,
            { fill: css("--ink") },
            { stroke: css("--plan"), lineWidth: px(1.25), lineDash: [px(5), px(4)] },
          ],
          [t("view.lastPace"), days[today].last, {}, { stroke: css("--last"), lineWidth: px(1.5) }],
        ];
        const by = at(0, top * 0.24)[1];
        put(bx, by - line * 1.1, t("pace.upTo", { day: dayText(days[today].day, lang) }), {
          fill: css("--ink-3"),
          fontSize: px(12),
        });
        lines
          .filter(([, v]) => v !== null)
          .forEach(([name, v, style, stroke], k) => {
            const y = by + k * line;
            graphic.push({
              type: "line",
              silent: true,
              shape: { x1: bx, x2: bx + px(22), y1: y, y2: y },
              style: stroke,
            });
            put(bx + px(30), y, name, style);
            put(bx + px(196), y, show(v, "wan"), { ...style, align: "right" });
          });
        if (data.pace_gap !== null && data.pace_gap !== undefined)
          put(
            bx,
            by + lines.filter(([, v]) => v !== null).length * line + px(6),
            t(value(data.pace_gap) !== null && (value(data.pace_gap) ?? 0) >= 0 ? "pace.more" : "pace.less", {
              n: magnitude(data.pace_gap, "wan"),
            }),
            {
              fill: watch ? css("--watch") : css("--ink"),
              fontWeight: 600,
            },
          );
      }
      if (row?.exhausted_on && data.budget !== null) {
        const i = days.findIndex((d) => d.day === row.exhausted_on?.slice(0, 10));
        if (i >= 0) {
          const [ex, ey] = at(i, value(data.budget) ?? 0);
          graphic.push({
            type: "circle",
            silent: true,
            z: 13,
            shape: { cx: ex, cy: ey, r: px(4.5) },
            style: { fill: css("--surface"), stroke: css("--watch"), lineWidth: px(2) },
          });
          if (!slim) {
            graphic.push({
              type: "line",
              silent: true,
              z: 11,
              shape: { x1: ex - px(5), y1: ey - px(2), x2: ex - px(70), y2: ey - px(26) },
              style: { stroke: css("--watch"), lineWidth: 1 },
            });
            put(ex - px(74), ey - px(28), t("pace.exhausted", { day: dayText(row.exhausted_on, lang) }), {
              align: "right",
              fill: css("--watch"),
              fontWeight: 600,
            });
          }
        }
      }
    }
    chart.setOption({ graphic });
  };
  return (
    <Chart
      height={(width) =>
        (width < 560 ? 312 : wall ? 306 : 426) + (data.days.some((d) => d.lead !== null) ? 150 : 0)
      }
      label={t("pace.chart")}
      draw={draw}
      of={[JSON.stringify(data.days), JSON.stringify(data.outlook), lang, watch]}
    />
  );
}

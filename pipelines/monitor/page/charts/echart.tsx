import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { GraphicComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as core from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "preact/hooks";
import { store, useStore } from "../state/store.js";

core.use([
  LineChart,
  BarChart,
  ScatterChart,
  GridComponent,
  TooltipComponent,
  GraphicComponent,
  MarkLineComponent,
  SVGRenderer,
]);

// biome-ignore lint/suspicious/noExplicitAny: options of ECharts are open records
export type Option = any;
export type EChart = ReturnType<typeof core.init>;

export const css = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const rem = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
/** Pixels of a size drawn for a root of 16 px: so the wall scales charts as it scales words. */
export const px = (at16: number): number => (at16 * rem()) / 16;

/** Counts changes of theme, so that charts take new colours. */
export const painted = store(0);

export const text = (extra: Option = {}): Option => ({
  fontFamily: css("--font").replaceAll('"', "'"),
  fontSize: px(12),
  color: css("--ink-3"),
  ...extra,
});
export const valueAxis = (extra: Option = {}): Option => ({
  type: "value",
  axisLine: { show: false },
  axisTick: { show: false },
  splitLine: { lineStyle: { color: css("--line"), width: 1 } },
  ...extra,
  axisLabel: { ...text(), ...extra.axisLabel },
});
export const categoryAxis = (extra: Option = {}): Option => ({
  type: "category",
  axisTick: { show: false },
  axisLine: { lineStyle: { color: css("--line-strong") } },
  ...extra,
  axisLabel: { ...text(), ...extra.axisLabel },
});

/** A tooltip of our own elements: the library's default one has style attributes, which the policy forbids. */
export function tooltip(
  title: (first: Option) => string,
  value: (item: Option) => string | null,
  trigger = "axis",
): Option {
  return {
    trigger,
    confine: true,
    axisPointer: { type: "line", lineStyle: { color: css("--ink-3"), width: 1 } },
    backgroundColor: css("--surface"),
    borderColor: css("--line-strong"),
    padding: 0,
    formatter: (params: Option) => {
      const items = [params]
        .flat()
        .filter(
          (i: Option) => i.value !== null && i.value !== undefined && !i.seriesName.startsWith("\u0000"),
        );
      const box = document.createElement("div");
      box.className = "tip";
      const head = document.createElement("b");
      head.textContent = items.length ? title(items[0]) : "";
      const list = document.createElement("dl");
      for (const item of items) {
        const said = value(item);
        if (said === null) continue;
        const name = document.createElement("dt");
        name.textContent = item.seriesName;
        const figure = document.createElement("dd");
        figure.textContent = said;
        list.append(name, figure);
      }
      box.append(head, list);
      return box;
    },
  };
}

/** Labels at the ends of lines: in order, at least `gap` apart. */
export function spread<T extends { y: number; ly?: number }>(
  items: readonly T[],
  gap: number,
): (T & { ly: number })[] {
  const list = items.map((i) => ({ ...i, ly: i.y })).sort((a, b) => a.y - b.y);
  for (let round = 0; round < 60; round++)
    for (let k = 1; k < list.length; k++) {
      const lack = gap - (list[k].ly - list[k - 1].ly);
      if (lack > 0) {
        list[k].ly += lack / 2;
        list[k - 1].ly -= lack / 2;
      }
    }
  return list;
}

/** A step of 1, 2 or 5 times a power of ten that divides the span into about four. */
export function niceStep(span: number, parts = 4): number {
  if (!(span > 0)) return 1;
  const raw = span / parts;
  const power = 10 ** Math.floor(Math.log10(raw));
  const lead = raw / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

export interface ChartProps {
  /** Height at a root of 16 px; a function of the width where the layout depends on it. */
  readonly height: number | ((width: number) => number);
  readonly label: string;
  readonly draw: (chart: EChart, width: number) => void;
  /** Draws again when one of these changes. */
  readonly of: readonly unknown[];
}

/** ECharts in a box: drawn with the theme's colours, again when its size, its data or the theme changes. */
export function Chart({ height, label, draw, of }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChart | null>(null);
  const theme = useStore(painted);
  const drawn = useRef(draw);
  drawn.current = draw;
  const render = useRef(() => {});
  render.current = () => {
    const node = box.current;
    if (!node?.clientWidth) return;
    const tall = typeof height === "number" ? height : height(node.clientWidth / px(1));
    node.style.height = `${px(tall)}px`;
    chart.current ??= core.init(node, null, { renderer: "svg" });
    chart.current.resize();
    drawn.current(chart.current, node.clientWidth);
  };
  useEffect(() => {
    const node = box.current;
    if (!node) return;
    let width = 0;
    const watch = new ResizeObserver(() => {
      if (node.clientWidth !== width) {
        width = node.clientWidth;
        render.current();
      }
    });
    watch.observe(node);
    const print = (): void => render.current();
    addEventListener("beforeprint", print);
    return () => {
      watch.disconnect();
      removeEventListener("beforeprint", print);
      chart.current?.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => render.current(), [theme, ...of]);
  return <div class="chart" ref={box} role="img" aria-label={label} />;
}

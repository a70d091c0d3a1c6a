import { escapeXml } from "../docx/zip.js";
import type { Chart } from "./document.js";

const COLOURS = ["#2F6690", "#D98E04", "#6A994E", "#BC4749", "#7B6D8D", "#81B1CC", "#9A8C98", "#3A5A40"];
const WIDTH = 720;
const HEIGHT = 320;
const colour = (i: number): string => COLOURS[i % COLOURS.length]!;
const n = (value: number): string => value.toFixed(1);

/** A chart as a picture in the page itself. */
export function chartSvg(chart: Chart): string {
  const body = chart.type === "pie" ? pie(chart) : axes(chart);
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeXml(chart.title)}">${body}</svg>`;
}

const label = (x: number, y: number, text: string, more = ""): string =>
  `<text x="${n(x)}" y="${n(y)}" ${more}>${escapeXml(text)}</text>`;

function pie({ categories, series }: Chart): string {
  const values = series[0]?.values ?? [];
  const sum = values.reduce((a, b) => a + Math.max(0, b), 0) || 1;
  let angle = -Math.PI / 2;
  const [cx, cy, r] = [220, HEIGHT / 2, 130];
  return values
    .map((value, i) => {
      const share = Math.max(0, value) / sum;
      const from = angle;
      angle += share * Math.PI * 2;
      const at = (a: number): string => `${n(cx + r * Math.cos(a))} ${n(cy + r * Math.sin(a))}`;
      const slice =
        share > 0.9999
          ? `<circle cx="${cx}" cy="${cy}" r="${r}" fill="${colour(i)}"/>`
          : `<path d="M${cx} ${cy}L${at(from)}A${r} ${r} 0 ${share > 0.5 ? 1 : 0} 1 ${at(angle)}Z" fill="${colour(i)}" stroke="#fff"/>`;
      const y = 40 + i * 24;
      return `${slice}<rect x="420" y="${y}" width="12" height="12" fill="${colour(i)}"/>${label(440, y + 11, `${categories[i] ?? ""} ${value} (${(share * 100).toFixed(1)}%)`)}`;
    })
    .join("");
}

function axes({ type, categories, series }: Chart): string {
  const top = Math.max(1, ...series.flatMap((s) => s.values));
  const low = Math.min(0, ...series.flatMap((s) => s.values));
  const [left, right, up, down] = [70, WIDTH - 10, 20, HEIGHT - 70];
  const y = (v: number): number => down - ((v - low) / (top - low)) * (down - up);
  const step = (right - left) / Math.max(1, categories.length);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((f) => {
    const v = low + (top - low) * f;
    return `<line x1="${left}" x2="${right}" y1="${n(y(v))}" y2="${n(y(v))}" stroke="#ddd"/>${label(left - 6, y(v) + 4, v.toFixed(top < 10 ? 1 : 0), 'text-anchor="end"')}`;
  });
  const marks = series.map((s, k) =>
    type === "line"
      ? `<polyline fill="none" stroke="${colour(k)}" stroke-width="2.5" points="${s.values.map((v, i) => `${n(left + step * (i + 0.5))},${n(y(v))}`).join(" ")}"/>`
      : s.values
          .map((v, i) => {
            const width = (step * 0.7) / series.length;
            const x = left + step * (i + 0.15) + width * k;
            return `<rect x="${n(x)}" y="${n(Math.min(y(v), y(0)))}" width="${n(width)}" height="${n(Math.abs(y(v) - y(0)))}" fill="${colour(k)}"/>`;
          })
          .join(""),
  );
  const names = categories.map((c, i) => {
    const x = left + step * (i + 0.5);
    const turn =
      categories.length > 6
        ? `transform="rotate(-30 ${n(x)} ${down + 16})" text-anchor="end"`
        : 'text-anchor="middle"';
    return label(x, down + 16, c, turn);
  });
  const legend = series.map(
    (s, k) =>
      `<rect x="${left + k * 200}" y="${HEIGHT - 18}" width="12" height="12" fill="${colour(k)}"/>${label(left + 18 + k * 200, HEIGHT - 8, s.name)}`,
  );
  return [...grid, ...marks, ...names, ...legend].join("");
}

import { type Amount, place, show } from "../format/number.js";
import { useText } from "../text/text.js";

const r = (v: number): string => `${v / 16}rem`;

export interface BulletProps {
  readonly name: string;
  /** Shares of the budget: spent, last year's by the same day, the outlook and its range. */
  readonly progress: Amount;
  readonly pace: Amount;
  readonly projected: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly budget: Amount;
  readonly time: Amount;
  /** Whether a rule calls the lead, or the outlook, worth watching. */
  readonly ahead: boolean;
  readonly over: boolean;
  readonly labels?: boolean;
}

/** Spent against the budget, last year by this day, the calendar, the outlook: five figures on one scale. */
export function Bullet(p: BulletProps) {
  const { t } = useText();
  const max = 1.2;
  const progress = place(p.progress) ?? 0;
  const pace = place(p.pace);
  const time = place(p.time);
  const at = (share: number): string => `${(Math.min(Math.max(share, 0), max) / max) * 100}%`;
  const span = (a: number, b: number): string =>
    `${(Math.max(0, Math.min(b, max) - Math.min(a, max)) / max) * 100}%`;
  const labels = p.labels ?? false;
  const top = labels ? 24 : 6;
  const bar = labels ? 14 : 9;
  const bottom = top + bar;
  const height = labels ? 64 : 21;
  const split = pace !== null && progress > pace && p.ahead;
  const said = [
    `${t("view.spentOfBudget")} ${show(p.progress, "pct")}`,
    pace === null ? "" : `${t("view.lastPace")} ${show(p.pace, "pct")}`,
    `${t("view.timeShare")} ${show(p.time, "pct")}`,
    p.projected === null ? "" : `${t("view.outlook")} ${show(String(p.projected), "pct")}`,
  ].filter(Boolean);
  // Labels below must not run into one another, nor over the right edge.
  const paceAt = pace === null ? 0 : Math.min(Math.max(pace, 0.16), 0.62);
  const outlookAt = Math.min(Math.max(p.projected ?? 1, 0.9), 1.04);
  return (
    <svg width="100%" height={r(height)} role="img" aria-label={`${p.name}：${said.join("，")}`}>
      <rect x="0" y={r(top)} width={span(0, 1)} height={r(bar)} fill="var(--surface-2)" />
      {p.low !== null && p.high !== null && (
        <rect x={at(p.low)} y={r(top)} width={span(p.low, p.high)} height={r(bar)} fill="var(--band)" />
      )}
      <rect x="0" y={r(top)} width={span(0, split ? pace : progress)} height={r(bar)} fill="var(--now)" />
      {split && (
        <>
          <rect
            x={at(pace)}
            y={r(top)}
            width={span(pace, progress)}
            height={r(bar)}
            fill="var(--watch-fill)"
          />
          <line
            x1={at(pace)}
            x2={at(pace)}
            y1={r(top)}
            y2={r(bottom)}
            stroke="var(--surface)"
            stroke-width={r(1.5)}
          />
        </>
      )}
      {time !== null && (
        <line
          x1={at(time)}
          x2={at(time)}
          y1={r(top - 6)}
          y2={r(top - 1)}
          stroke="var(--ink-3)"
          stroke-width={r(1.5)}
        />
      )}
      {pace !== null && (
        <line
          x1={at(pace)}
          x2={at(pace)}
          y1={r(bottom + 1)}
          y2={r(bottom + 7)}
          stroke="var(--ink)"
          stroke-width={r(2)}
        />
      )}
      <line
        x1={at(1)}
        x2={at(1)}
        y1={r(top - (labels ? 6 : 3))}
        y2={r(bottom + (labels ? 0 : 3))}
        stroke="var(--plan)"
        stroke-width={r(1.5)}
      />
      {p.projected !== null && (
        <circle
          cx={at(p.projected)}
          cy={r(top + bar / 2)}
          r={r(labels ? 4.5 : 3.25)}
          fill="var(--surface)"
          stroke={p.over ? "var(--watch)" : "var(--now)"}
          stroke-width={r(2)}
        />
      )}
      {labels && (
        <g font-size="var(--fs-xs)" fill="var(--ink-3)">
          {time !== null && time < 0.78 && (
            <text x={at(Math.max(time, 0.14))} y={r(13)} text-anchor="middle">
              {t("view.timeShare")} {show(p.time, "pct")}
            </text>
          )}
          <text x={at(1.06)} y={r(13)} text-anchor="middle">
            {t("view.budget")} {show(p.budget, "wan0")}
          </text>
          {pace !== null && (
            <text x={at(paceAt)} y={r(bottom + 21)} text-anchor="middle" fill="var(--ink-2)">
              {t("view.lastPace")} {show(p.pace, "pct")}
            </text>
          )}
          {p.projected !== null && (
            <text
              x={at(outlookAt)}
              y={r(bottom + 21)}
              text-anchor="middle"
              fill={p.over ? "var(--watch)" : "var(--ink-2)"}
              font-weight={p.over ? 600 : 400}
            >
              {t("view.outlook")} {show(String(p.projected), "pct")}
            </text>
          )}
        </g>
      )}
    </svg>
  );
}

/** How far ahead of last year's pace, by day, in points; one scale for all funds. */
export function LeadLine({
  leads,
  watch,
  height = 76,
  low = -1.5,
  high = 4,
}: {
  leads: readonly { day: string; lead: Amount }[];
  watch: boolean;
  height?: number;
  low?: number;
  high?: number;
}) {
  const { t } = useText();
  const days = leads.filter((d) => d.lead !== null);
  if (days.length < 2) return null;
  const values = days.map((d) => (place(d.lead) ?? 0) * 100);
  const bottom = Math.min(low, Math.floor(Math.min(...values)));
  const topmost = Math.max(high, Math.ceil(Math.max(...values)));
  const end = days[days.length - 1].lead;
  const base = height - 18;
  const y = (v: number): number => 8 + ((topmost - v) / (topmost - bottom)) * (base - 8);
  const width = 1000;
  const x = (i: number): number => (i / (days.length - 1)) * width * 0.86;
  const months = [...new Set(days.map((d) => d.day.slice(5, 7)))];
  const endY = y(values[values.length - 1]);
  return (
    <svg
      width="100%"
      height={r(height)}
      role="img"
      aria-label={`${t("view.leadTitle")} ${show(end, "points", true)}`}
    >
      <svg
        width="100%"
        height={r(height)}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <line
          x1="0"
          x2={width * 0.86}
          y1={y(0)}
          y2={y(0)}
          stroke="var(--line-strong)"
          vector-effect="non-scaling-stroke"
        />
        <path
          d={values.map((v, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(2)}`).join("")}
          fill="none"
          stroke="var(--now)"
          stroke-width={r(2)}
          vector-effect="non-scaling-stroke"
          stroke-linejoin="round"
        />
      </svg>
      <circle cx="86%" cy={r(endY)} r={r(3.5)} fill={watch ? "var(--watch-fill)" : "var(--now)"} />
      <text
        x="100%"
        y={r(endY + 4.5)}
        text-anchor="end"
        font-size="var(--fs-s)"
        font-weight="600"
        fill={watch ? "var(--watch)" : "var(--ink)"}
      >
        {show(end, "points", true)}
      </text>
      {months.map((m, i) =>
        months.length > 7 && i % 2 ? null : (
          <text
            key={m}
            x={`${((i + 0.5) / months.length) * 86}%`}
            y={r(height - 3)}
            text-anchor="middle"
            font-size="var(--fs-xs)"
            fill="var(--ink-3)"
          >
            {Number(m)}
            {t("view.monthShort")}
          </text>
        ),
      )}
    </svg>
  );
}

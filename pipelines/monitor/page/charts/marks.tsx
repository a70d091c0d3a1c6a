import { type Amount, place } from "../format/number.js";

const r = (v: number): string => `${v / 16}rem`;
const pc = (share: number): string => `${Math.max(0, share) * 100}%`;

/** A bar with a tick for the compared period; both on the scale of `max`. */
export function BarTick({
  now,
  last,
  max,
  fill = "var(--now)",
  height = 14,
}: {
  now: Amount;
  last?: Amount;
  max: number;
  fill?: string;
  height?: number;
}) {
  const value = place(now);
  const before = place(last);
  if (!(max > 0)) return null;
  const at = before === null ? null : pc(Math.min(before / max, 1));
  return (
    <svg width="100%" height={r(height)} aria-hidden="true">
      {value !== null && (
        <rect x="0" y={r(2)} width={pc(Math.min(value / max, 1))} height={r(height - 4)} fill={fill} />
      )}
      {at !== null && (
        <>
          <line x1={at} x2={at} y1="0" y2={r(height)} stroke="var(--surface)" stroke-width={r(4)} />
          <line x1={at} x2={at} y1="0" y2={r(height)} stroke="var(--ink)" stroke-width={r(1.75)} />
        </>
      )}
    </svg>
  );
}

/** Shares of a bar that have room for their figure: on a screen, and on a phone. */
const ROOM = 0.055;
const ROOM_PHONE = 0.14;

/** Parts of a whole from left to right; a part's figure stands in it where it has room. */
export function Stacked({
  parts,
  height = 28,
  thin = false,
}: {
  parts: readonly { share: Amount; fill: string; ink: string; text: string; name: string }[];
  height?: number;
  thin?: boolean;
}) {
  let from = 0;
  const tall = thin ? 9 : height;
  return (
    <svg
      width="100%"
      height={r(tall)}
      role="img"
      aria-label={parts.map((p) => `${p.name} ${p.text}`).join("，")}
    >
      {parts.map((p) => {
        const share = place(p.share) ?? 0;
        const x = from;
        from += share;
        return (
          <g key={p.name}>
            <rect
              x={pc(x)}
              y="0"
              width={pc(share)}
              height={r(tall)}
              fill={p.fill}
              stroke="var(--surface)"
              stroke-width="1.5"
            />
            {!thin && share > ROOM && (
              <text
                class={share > ROOM_PHONE ? undefined : "hide-s"}
                x={pc(x + share / 2)}
                y={r(tall / 2 + 4.5)}
                text-anchor="middle"
                font-size="var(--fs-s)"
                font-weight="600"
                fill={p.ink}
              >
                {p.text}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** One among peers: each a hollow dot, the median a tick, the middle half a band from eight peers on. */
export function Strip({
  mine,
  peers,
  median,
  q1,
  q3,
}: {
  mine: Amount;
  peers: readonly { name: string; value: Amount }[];
  median: Amount;
  q1: Amount;
  q3: Amount;
}) {
  const all = [...peers.map((p) => place(p.value)), place(mine)].filter((v): v is number => v !== null);
  if (all.length === 0) return null;
  const low = Math.min(...all);
  const high = Math.max(...all);
  const room = (high - low) * 0.06 || 1;
  const at = (v: number): string => `${2 + ((v - low + room) / (high - low + 2 * room)) * 96}%`;
  const [from, to, middle, own] = [place(q1), place(q3), place(median), place(mine)];
  return (
    <svg width="100%" height={r(26)} aria-hidden="true">
      <line x1="0" x2="100%" y1={r(13)} y2={r(13)} stroke="var(--line)" />
      {peers.length >= 8 && from !== null && to !== null && (
        <rect
          x={at(from)}
          y={r(8)}
          width={`${Number.parseFloat(at(to)) - Number.parseFloat(at(from))}%`}
          height={r(10)}
          fill="var(--peer-band)"
        />
      )}
      {middle !== null && (
        <line
          x1={at(middle)}
          x2={at(middle)}
          y1={r(4)}
          y2={r(22)}
          stroke="var(--ink)"
          stroke-width={r(1.75)}
        />
      )}
      {peers.map((p) => {
        const v = place(p.value);
        return v === null ? null : (
          <circle
            key={p.name}
            cx={at(v)}
            cy={r(13)}
            r={r(4)}
            fill="var(--surface)"
            fill-opacity="0.6"
            stroke="var(--last)"
            stroke-width={r(1.5)}
          >
            <title>{p.name}</title>
          </circle>
        );
      })}
      {own !== null && (
        <circle
          cx={at(own)}
          cy={r(13)}
          r={r(5.5)}
          fill="var(--now)"
          stroke="var(--surface)"
          stroke-width={r(1.5)}
        />
      )}
    </svg>
  );
}

/** Twenty-eight days: a line, the last day full, the same weekdays hollow. */
export function DayLine({ values, height = 30 }: { values: readonly Amount[]; height?: number }) {
  const list = values.map((v) => place(v) ?? 0);
  if (list.length < 2) return null;
  const low = Math.min(...list);
  const high = Math.max(...list, low + 1e-9);
  const y = (v: number): number => 5 + ((high - v) / (high - low)) * (height - 10);
  const x = (i: number): number => 1 + (i / (list.length - 1)) * 97;
  return (
    <svg width="100%" height={r(height)} aria-hidden="true">
      <svg
        width="100%"
        height={r(height)}
        viewBox={`0 0 100 ${height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path
          d={list.map((v, i) => `${i ? "L" : "M"}${x(i).toFixed(2)} ${y(v).toFixed(2)}`).join("")}
          fill="none"
          stroke="var(--last)"
          stroke-width={r(1.25)}
          vector-effect="non-scaling-stroke"
        />
      </svg>
      {list.map((v, i) => {
        const last = i === list.length - 1;
        return (list.length - 1 - i) % 7 === 0 ? (
          <circle
            key={i}
            cx={`${x(i)}%`}
            cy={r(y(v))}
            r={r(last ? 3.5 : 2.75)}
            fill={last ? "var(--now)" : "var(--surface)"}
            stroke={last ? "var(--now)" : "var(--ink-2)"}
            stroke-width={r(1.25)}
          />
        ) : null;
      })}
    </svg>
  );
}

/** From zero to the difference, one step a row. */
export function FallBar({
  from,
  to,
  low,
  high,
  tone,
}: {
  from: number;
  to: number;
  low: number;
  high: number;
  tone: "up" | "down" | "total";
}) {
  const span = high - low || 1;
  const at = (v: number): string => `${((v - low) / span) * 100}%`;
  const left = Math.min(from, to);
  const fill = tone === "total" ? "var(--ink-2)" : tone === "up" ? "var(--now)" : "var(--neutral-bar)";
  return (
    <svg width="100%" height={r(22)} aria-hidden="true">
      <line x1={at(0)} x2={at(0)} y1={r(-4)} y2={r(26)} stroke="var(--line-strong)" />
      <rect
        x={at(left)}
        y={r(4)}
        width={`max(1.5px, ${(Math.abs(to - from) / span) * 100}%)`}
        height={r(14)}
        fill={fill}
      />
      {tone !== "total" && <line x1={at(to)} x2={at(to)} y1={r(18)} y2={r(30)} stroke="var(--line-strong)" />}
    </svg>
  );
}

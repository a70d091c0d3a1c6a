import { useEffect, useRef, useState } from "preact/hooks";
import { type Changes, changesInPoints, shownChange } from "../../../../aggregations/monitor/shown-change.js";
import { indicatorInfo, session } from "../data/catalogue.js";
import { NONE, type Shape, shapeOf, show, signed } from "../format/number.js";
import { type Asked, hovered, writeAsked } from "../state/asked.js";
import { change, usePlace } from "../state/url.js";
import type { Key } from "../text/text.js";
import { useText } from "../text/text.js";
import { Mark } from "./mark.js";

const UNIT_OF: Partial<Record<Shape, Key>> = {
  wan: "unit.wan",
  wan1: "unit.wan",
  wan0: "unit.wan",
  yuan: "unit.yuan",
  yuan2: "unit.yuan",
};
const COUNTED: Record<string, Key> = {
  visit: "unit.visit",
  person: "unit.person",
  day: "unit.day",
  month: "unit.month",
  "day/visit": "unit.day",
};

/** Unit beside a figure, by how it is written. */
export function unitKey(shape: Shape, unit: string): Key | null {
  return UNIT_OF[shape] ?? COUNTED[unit] ?? null;
}

export interface FigProps {
  readonly of: Asked | null | undefined;
  readonly shape?: Shape;
  readonly plus?: boolean;
  readonly unit?: boolean;
  readonly strong?: boolean;
  /** A figure of the books that stands beside counted ones. */
  readonly beside?: boolean;
}

/**
 * A published figure. Hover or focus says what it is, a click explains it. When a publish changed it, its ground is
 * marked for a moment.
 */
export function Fig({ of, shape, plus = false, unit = false, strong = false, beside = false }: FigProps) {
  const { t } = useText();
  const node = useRef<HTMLSpanElement>(null);
  const [marked, setMarked] = useState(0);
  const key = of ? writeAsked(of) : "";
  const last = useRef({ key, value: of?.value });
  useEffect(() => {
    // The same figure with another value: a publish changed it.
    if (last.current.key === key && last.current.value !== of?.value) setMarked((n) => n + 1);
    last.current = { key, value: of?.value };
  });
  useEffect(() => {
    if (!marked) return;
    const timer = setTimeout(() => setMarked(0), 2400);
    return () => clearTimeout(timer);
  }, [marked]);
  if (of?.hidden)
    return (
      <span class="quiet" title={t("why.hidden")}>
        {`< ${session.get()?.small_cell ?? ""}`}
      </span>
    );
  if (!of || of.value === null || of.value === undefined)
    return (
      <span class="quiet" title={t("why.none")}>
        {NONE}
      </span>
    );
  const unitName = of.unit ?? indicatorInfo(of.indicator)?.unit ?? "";
  const form = shape ?? shapeOf(unitName);
  const hover = (): void => {
    if (node.current) hovered.set({ asked: of, node: node.current });
  };
  const leave = (): void => {
    if (hovered.get()?.node === node.current) hovered.set(null);
  };
  const explain = (): void => {
    hovered.set(null);
    change({ explain: key });
  };
  const unitText = unit ? unitKey(form, unitName) : null;
  const family = indicatorInfo(of.indicator)?.family;
  const reported = family === "fact" || beside;
  const restated =
    of.status === "restated" && of.reported !== undefined && of.reported !== null && of.reported !== of.value;
  return (
    <span class="nowrap">
      {/* biome-ignore lint/a11y/useSemanticElements: the text of a button cannot be selected, a figure must be */}
      <span
        ref={node}
        class={`fig${strong ? " strong" : ""}${marked ? " changed" : ""}`}
        role="button"
        tabIndex={0}
        data-figure={key}
        data-value={of.value}
        onMouseEnter={hover}
        onFocus={hover}
        onMouseLeave={leave}
        onBlur={leave}
        onClick={explain}
        onKeyDown={(e) => {
          if (e.key !== "Enter" && e.key !== " ") return;
          e.preventDefault();
          explain();
        }}
      >
        {show(of.value, form, plus)}
        {unitText && <span class="unit">{t(unitText)}</span>}
      </span>
      {reported && (
        <>
          {" "}
          <Mark of="reported" />
        </>
      )}
      {restated && (
        <>
          {" "}
          <Mark of="restated" fill={{ was: show(of.reported, form) }} />
        </>
      )}
    </span>
  );
}

export type Comparison =
  | { readonly kind: "yoy" | "none" }
  | { readonly kind: "period"; readonly period: string };

/** What figures are compared with: last year, another period, or nothing. */
export function useComparison(): Comparison {
  const { params } = usePlace();
  if (params.compare) return { kind: "period", period: params.compare };
  return { kind: params.yoy === "0" ? "none" : "yoy" };
}

interface Changed extends Asked, Changes {
  readonly compared?: string | null;
}

/** Change against the period compared, in per cent, or in points for a share. */
export function Change({
  of,
  few = false,
  bare = false,
}: {
  of: Changed | null | undefined;
  few?: boolean;
  /** Without the unit: the head of the column says it. */
  bare?: boolean;
}) {
  const { t } = useText();
  const against = useComparison();
  if (few) return <Mark of="few" />;
  if (!of || against.kind === "none") return null;
  const unit = of.unit ?? indicatorInfo(of.indicator)?.unit ?? "";
  const points = changesInPoints(unit);
  const value = shownChange(of, unit, against.kind);
  if (value === null)
    return (
      <span class="quiet" title={t("why.none")}>
        {NONE}
      </span>
    );
  return (
    <span class="nowrap" data-change={value}>
      {signed(value, points ? "points" : "pct")}
      {points && !bare && <span class="pt">{t("unit.points")}</span>}
    </span>
  );
}

import { changesInPoints, shownChange } from "../../../../aggregations/monitor/shown-change.js";
import { BarTick } from "../charts/marks.js";
import { indicatorInfo, indicatorName } from "../data/catalogue.js";
import type { Figure, Figures } from "../data/types.js";
import { type Amount, place, type Shape, shapeOf } from "../format/number.js";
import { Change, Fig, unitKey, useComparison } from "../parts/figure.js";
import type { Column } from "../parts/table.js";
import { isKey, type Lang, type Translate, useText } from "../text/text.js";

export interface FigureColumn {
  readonly indicator: string;
  readonly shape?: Shape;
  readonly main?: boolean;
  /** Head in place of the indicator's own name. */
  readonly head?: string;
  readonly noChange?: boolean;
  readonly hideOnPhone?: boolean;
}

interface HasFigures {
  readonly figures: Partial<Figures>;
}

/** Whether a head needs the unit: counts are named by what they count. */
export const named = (shape: Shape, unit: string): boolean =>
  shape.startsWith("wan") || (unit.includes("/") && unit !== "visit/person") || unit === "month";

/** The name as a head of a column has room for. */
export function shortName(indicator: string, t: Translate, lang: Lang): string {
  const key = `short.${indicator}`;
  return isKey(key) ? t(key) : indicatorName(indicator, lang);
}

/** Fewer cases than this make no comparison. */
const FEW = 30;

interface Barred {
  readonly figures: Readonly<
    Record<string, { readonly value?: Amount; readonly previous?: Amount } | undefined>
  >;
}

/** A bar a row for one figure, last year's as a tick, all on one scale; `isBare` rows have none. */
export function barColumn<R extends Barred>(
  rows: readonly R[],
  indicator: string,
  lastYear: boolean,
  isBare: (row: R) => boolean = () => false,
): Column<R> {
  const of = (r: R) => r.figures[indicator];
  const max = Math.max(0, ...rows.flatMap((r) => [place(of(r)?.value) ?? 0, place(of(r)?.previous) ?? 0]));
  return {
    key: "bar",
    head: "",
    kind: "bar",
    cell: (r) =>
      isBare(r) ? "" : <BarTick now={of(r)?.value} last={lastYear ? of(r)?.previous : null} max={max} />,
  };
}

/** Columns of a table of figures: each its value, and its change beside it while a comparison is on. */
export function useFigureColumns<R extends HasFigures>(
  list: readonly FigureColumn[],
  /** Rows shown: without any change among them there is no column of changes. */
  rows?: readonly R[],
): Column<R>[] {
  const { t, lang } = useText();
  const against = useComparison();
  return list.flatMap((c): Column<R>[] => {
    const info = indicatorInfo(c.indicator);
    const unit = info?.unit ?? "";
    const shape = c.shape ?? shapeOf(unit);
    const key = unitKey(shape, unit);
    const name = c.head ?? shortName(c.indicator, t, lang);
    const withUnit = key && named(shape, unit) ? `${name}${lang === "zh" ? "，" : ", "}${t(key)}` : name;
    const get = (r: R): Figure | undefined => r.figures[c.indicator];
    const value: Column<R> = {
      key: c.indicator,
      head: withUnit,
      label: withUnit,
      numeric: true,
      cell: (r) => <Fig of={get(r)} shape={shape} strong={c.main} />,
      raw: (r) => get(r)?.value,
      sort: (r) => place(get(r)?.value),
      kind: c.main ? "main" : undefined,
      hideOnPhone: c.hideOnPhone,
    };
    const { kind } = against;
    if (kind === "none" || c.noChange) return [value];
    const changed = (r: R): Amount => shownChange(get(r), get(r)?.unit ?? "", kind);
    if (rows && !rows.some((r) => changed(r) !== null)) return [value];
    const plainHead =
      against.kind === "period" ? t("col.compared", { period: against.period }) : t("col.change");
    const changeHead = changesInPoints(unit)
      ? `${plainHead}${lang === "zh" ? "，" : ", "}${t("unit.points")}`
      : plainHead;
    const few = (r: R): boolean => {
      const cases = place(r.figures.visits?.value);
      return cases !== null && cases < FEW;
    };
    return [
      value,
      {
        key: `${c.indicator}_change`,
        head: changeHead,
        label: `${name} ${changeHead}`,
        numeric: true,
        kind: "pair",
        cell: (r) => <Change of={get(r)} few={few(r)} bare />,
        raw: changed,
        sort: (r) => place(changed(r)),
        hideOnPhone: c.hideOnPhone || !c.main,
      },
    ];
  });
}

/** All figures of rows, for the SQL behind a table. */
export const figuresOf = (rows: readonly HasFigures[], indicators?: readonly string[]): Figure[] =>
  rows.flatMap((r) =>
    Object.values(r.figures).filter(
      (f): f is Figure => f !== undefined && (!indicators || indicators.includes(f.indicator)),
    ),
  );

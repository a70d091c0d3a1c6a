import type { ComponentChildren } from "preact";
import { shownChange } from "../../../../aggregations/monitor/shown-change.js";
import { Planes } from "../charts/planes.js";
import { catalogue, indicatorName, valueName } from "../data/catalogue.js";
import { getAll } from "../data/client.js";
import type { Figures } from "../data/types.js";
import { periodText } from "../format/date.js";
import type { Shape } from "../format/number.js";
import { Change, Fig, useComparison } from "../parts/figure.js";
import { Finding } from "../parts/finding.js";
import { KeyBar, KeyTick } from "../parts/glyph.js";
import { SilentMark } from "../parts/mark.js";
import { type Paged, Pager, pageAsked } from "../parts/pager.js";
import { Panel } from "../parts/panel.js";
import { Segments } from "../parts/pickers.js";
import { EmptyView, Loaded } from "../parts/states.js";
import { type Column, DataTable, type Order, sheetOf } from "../parts/table.js";
import { useStore } from "../state/store.js";
import { change, hrefOf, usePlace } from "../state/url.js";
import { type Key, useText } from "../text/text.js";
import { barColumn, type FigureColumn, figuresOf, shortName, useFigureColumns } from "./columns.js";
import { useView, type ViewAnswer } from "./use-view.js";

export interface CareRow {
  readonly value: string;
  readonly care?: string;
  readonly name: string;
  readonly figures: Figures;
}
export interface MonthRow {
  readonly period: string;
  readonly figures: Figures;
}
export interface CareData extends ViewAnswer, Paged {
  readonly total: { readonly figures: Figures };
  readonly rows: readonly CareRow[];
  readonly months: readonly MonthRow[];
}

/** Figures side by side, each with its change. */
export function Tiles({ figures, list }: { figures: Figures; list: readonly FigureColumn[] }) {
  const { t, lang } = useText();
  const against = useComparison();
  return (
    <div class="tiles">
      {list
        .filter((c) => figures[c.indicator])
        .map((c) => (
          <div class="tile" key={c.indicator}>
            <p class="name">{c.head ?? indicatorName(c.indicator, lang)}</p>
            <p>
              <Fig of={figures[c.indicator]} shape={c.shape} unit />
            </p>
            <p class="beneath">
              {against.kind !== "none" &&
                shownChange(figures[c.indicator], figures[c.indicator].unit, against.kind) !== null && (
                  <>
                    {against.kind === "period"
                      ? t("col.compared", { period: periodText(against.period, lang) })
                      : t("col.change")}{" "}
                    <Change of={figures[c.indicator]} />
                  </>
                )}
            </p>
          </div>
        ))}
    </div>
  );
}

/** Indicators by month, last year's beside them; the table behind the planes. */
export function MonthPanel({
  months,
  list,
  title,
  wide = 3,
}: {
  months: readonly MonthRow[];
  list: readonly FigureColumn[];
  title?: string;
  wide?: number;
}) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const columns: Column<MonthRow>[] = [
    {
      key: "period",
      head: t("kind.month"),
      kind: "name",
      cell: (r) => periodText(r.period, lang),
      raw: (r) => r.period,
    },
    ...useFigureColumns<MonthRow>(list),
  ];
  if (months.length < 2) return null;
  const words = title ?? t("care.byMonth");
  const lastYear = params.yoy !== "0";
  const planes = list
    .filter((c) => months.some((m) => m.figures[c.indicator]))
    .map((c) => {
      const shape: Shape = c.shape ?? "count";
      const unit = shape === "wan" ? `，${t("unit.wan")}` : shape === "yuan" ? `，${t("unit.yuan")}` : "";
      const values = months.map((m) => m.figures[c.indicator]?.value ?? null);
      const previous = months.map((m) => m.figures[c.indicator]?.previous ?? null);
      return {
        title: `${c.head ?? shortName(c.indicator, t, lang)}${unit}`,
        shape,
        lines: [
          ...(lastYear && previous.some((v) => v !== null)
            ? [{ name: t("series.last"), role: "last" as const, values: previous }]
            : []),
          { name: t("series.now"), role: "now" as const, values },
        ],
      };
    });
  return (
    <Panel
      title={words}
      small={t("care.byMonthSmall")}
      table={() => <DataTable label={words} columns={columns} rows={months} />}
      sheet={() => sheetOf(words, columns, months)}
      figures={() =>
        figuresOf(
          months,
          list.map((c) => c.indicator),
        )
      }
    >
      <Planes planes={planes} months={months.map((m) => m.period)} label={words} wide={wide} />
    </Panel>
  );
}

export interface BreakdownProps {
  readonly title: ComponentChildren;
  readonly name: string;
  readonly rows: readonly CareRow[];
  readonly total?: { readonly figures: Figures };
  readonly columns: readonly FigureColumn[];
  /** Measure of the bar in each row. */
  readonly bar: string;
  readonly dimension: string;
  readonly extra?: ComponentChildren;
  readonly small?: ComponentChildren;
  /** Where the rows are one page of more: their order, and how all of them are asked for. */
  readonly paged?: {
    readonly of: Paged;
    readonly by: Order | null;
    readonly all: () => Promise<readonly CareRow[]>;
  };
}

/** A head of a column that is pressed: the address has the order, the server puts the rows in it. */
const askOrder = (by: Order): void =>
  change({ sort: by.key === "name" ? null : by.key, dir: by.up ? "up" : null, page: null }, "replace");

/** A table of rows by one dimension: a bar for the money, figures and changes, the total beneath. */
function Breakdown({
  title,
  name,
  rows,
  total,
  columns: list,
  bar,
  dimension,
  extra,
  small,
  paged,
}: BreakdownProps) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const label = (r: CareRow): string =>
    r.value === "\u0000"
      ? t("col.total")
      : dimension === "facility"
        ? r.name
        : lang === "zh"
          ? r.name
          : valueName(dimension, r.value, lang);
  const columns: Column<CareRow>[] = [
    {
      key: "name",
      head: name,
      kind: "name",
      cell: (r) =>
        dimension === "facility" && r.value !== "\u0000" ? (
          <>
            <a href={hrefOf(`/facilities/${encodeURIComponent(r.value)}`)}>{label(r)}</a>
            <SilentMark facility={r.value} />
          </>
        ) : (
          label(r)
        ),
      raw: label,
    },
    barColumn(rows, bar, params.yoy !== "0", (r) => r.value === "\u0000"),
    ...useFigureColumns<CareRow>(list),
  ];
  const careOf = (r: { figures: Figures }): string | undefined =>
    Object.values(r.figures)[0]?.dimensions.care;
  const isApart = (r: CareRow): boolean => total !== undefined && !!r.care && careOf(r) !== careOf(total);
  const withTotal = (all: readonly CareRow[]): CareRow[] =>
    total
      ? [
          ...all.filter((r) => !isApart(r)),
          { value: "\u0000", name: t("col.total"), figures: total.figures },
          ...all.filter(isApart),
        ]
      : [...all];
  const shown = withTotal(rows);
  return (
    <Panel
      title={title}
      small={small}
      className="long"
      extra={extra}
      keys={
        <>
          <li>
            <KeyBar />
            {indicatorName(bar, lang)}
          </li>
          {params.yoy !== "0" && (
            <li>
              <KeyTick />
              {t("series.last")}
            </li>
          )}
        </>
      }
      sheet={async () => sheetOf(name, columns, paged ? withTotal(await paged.all()) : shown)}
      figures={() =>
        figuresOf(
          shown,
          list.map((c) => c.indicator),
        )
      }
    >
      <div class="scroll">
        <DataTable
          label={name}
          columns={columns}
          rows={shown}
          rowKey={(r) => `${r.care ?? ""} ${r.value}`}
          rowClass={(r) => (r.value === "\u0000" ? "total" : isApart(r) ? "apart" : undefined)}
          {...(paged ? { ordered: { by: paged.by, onOrder: askOrder } } : {})}
        />
      </div>
      {paged && <Pager of={paged.of} shown={rows.length} />}
    </Panel>
  );
}

export interface CareViewProps {
  readonly route: "inpatient" | "outpatient";
  readonly tiles: readonly FigureColumn[];
  readonly months: readonly FigureColumn[];
  readonly columns: readonly FigureColumn[];
  readonly bar: string;
  /** Dimensions that the table can be split by; the first is the default. */
  readonly by: readonly string[];
}

/** Stays and visits: totals, by month, by one dimension of the reader's choice. */
export function CareView({ route, tiles, months, columns, bar, by }: CareViewProps) {
  const { t } = useText();
  const { params } = usePlace();
  const groupings = useStore(catalogue)?.groupings;
  const within = params.district ? ["care", "district"] : ["care"];
  // What is published: a bureau may have fewer groupings, and with a district there are few.
  const published = (d: string): boolean =>
    groupings?.some(
      (g) =>
        g.dimensions.length === within.length + 1 && [...within, d].every((x) => g.dimensions.includes(x)),
    ) ?? d === by[0];
  const choices = [...by, ...(params.district ? ["person_kind"] : [])].filter(
    (d) => !within.includes(d) && published(d),
  );
  const chosen = choices.includes(params.by ?? "") ? params.by! : (choices[0] ?? by[0]);
  const known = columns.flatMap((c) => [c.indicator, `${c.indicator}_change`]);
  const sort = known.includes(params.sort ?? "") ? params.sort : undefined;
  const asked = { by: chosen, sort, order: sort && params.dir === "up" ? "up" : undefined };
  const answer = useView<CareData>(route, { ...asked, page: pageAsked(params) });
  const all = (): Promise<readonly CareRow[]> => {
    const { period, insurance, district, compare } = params;
    return getAll(route, { period, insurance, district, compare, ...asked }, (a: CareData) => a.rows);
  };
  const name = (dimension: string): string => t(`by.${dimension}` as Key);
  return (
    <Loaded answer={answer}>
      {(data) => (
        <>
          <Finding of={data.finding} />
          {data.rows.length === 0 ? (
            <EmptyView />
          ) : (
            <div class="grid">
              <section class="panel c12">
                <Tiles figures={data.total.figures} list={tiles} />
              </section>
              <Breakdown
                title={t(`${route}.table` as Key)}
                name={name(chosen)}
                rows={data.rows}
                total={data.total}
                columns={columns}
                bar={bar}
                dimension={chosen}
                {...(data.next !== null || data.page > 1 || sort
                  ? { paged: { of: data, by: sort ? { key: sort, up: params.dir === "up" } : null, all } }
                  : {})}
                extra={
                  <Segments
                    small
                    label={t("by.label")}
                    value={chosen}
                    options={choices.map((d) => ({ value: d, name: name(d) }))}
                    onPick={(d) =>
                      change(
                        { by: d === choices[0] ? null : d, page: null, sort: null, dir: null },
                        "replace",
                      )
                    }
                  />
                }
              />
              <MonthPanel months={data.months} list={months} />
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}

import { catalogue, indicatorInfo, indicatorName, valueName } from "../data/catalogue.js";
import { getAll } from "../data/client.js";
import type { Envelope, Finding as Said } from "../data/types.js";
import { instantText, periodText } from "../format/date.js";
import { type Amount, shapeOf, show, signed } from "../format/number.js";
import { Fig } from "../parts/figure.js";
import { Finding } from "../parts/finding.js";
import { type Paged, Pager, pageAsked } from "../parts/pager.js";
import { Panel } from "../parts/panel.js";
import { Pick } from "../parts/pickers.js";
import { Records, type Row, said } from "../parts/records.js";
import { Loaded } from "../parts/states.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { type Asked, among } from "../state/asked.js";
import { useStore } from "../state/store.js";
import { change, usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { useView } from "./use-view.js";

interface RestatementsData extends Envelope, Paged {
  readonly finding: Said;
  readonly closed: readonly Row[];
  readonly restatements: readonly Row[];
  readonly causes: readonly Row[];
  readonly causes_total: number;
}

/** The closed period that is picked; another view's open one picks none. */
function usePicked(): string | undefined {
  const { params } = usePlace();
  const periods = useStore(catalogue)?.periods;
  const found = periods?.find((p) => p.period === params.period);
  // Until the catalogue is there nobody knows better than the address.
  return periods === undefined || found?.status === "closed" ? params.period : undefined;
}

const dimensionsOf = (r: Row): Record<string, string> => r.dimensions as Record<string, string>;

/** Which closed period; all of them where none is picked. */
export function RestatedPeriod() {
  const { t, lang } = useText();
  const picked = usePicked();
  const closed = (useStore(catalogue)?.periods ?? []).filter((p) => p.status === "closed");
  if (closed.length === 0) return null;
  return (
    <Pick
      name="period"
      label={t("picker.period")}
      value={picked ?? ""}
      options={[
        { value: "", name: t("restated.all") },
        ...closed.map((p) => ({ value: p.period, name: periodText(p.period, lang) })),
      ]}
      onPick={(v) => change({ period: v, page: null })}
    />
  );
}

/** Figures a page. */
const ROWS = 50;
/** Records named of a figure; how many there are stands behind them. */
const NAMED = 2;

const causesSql = (
  where: string,
): string => `SELECT period, cause, stream, insurance, care, category, facility, sum(settlements) + count(record_key) AS changes,
  sum(fund_paid) AS fund_paid, max(changed_at) AS changed_at
FROM restatement_cause${where} GROUP BY ALL ORDER BY changed_at DESC;`;

/** 更正: what changed in closed periods since their close, by how much, and why. */
export function Restatements(_: { code?: string }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const period = usePicked();
  const answer = useView<RestatementsData>("restatements", { period, limit: ROWS, page: pageAsked(params) });
  const where = period === undefined ? "" : ` WHERE ${among("period", [period])}`;
  const unit = (r: Row): string => String(r.unit ?? indicatorInfo(String(r.indicator))?.unit ?? "");
  const live = (r: Row): Amount => (r.value ?? null) as Amount;
  const asked = (r: Row): Asked => ({
    indicator: String(r.indicator),
    period: String(r.period),
    insurance: String(r.insurance ?? "all"),
    grouping: r.grouping ? String(r.grouping) : undefined,
    dimensions: dimensionsOf(r),
    value: live(r),
    unit: unit(r),
    reported: r.reported as Amount,
    status: "restated",
  });
  const all = (): Promise<readonly Row[]> =>
    getAll("restatements", { period }, (a: RestatementsData) => a.restatements);
  const columns: Column<Row>[] = [
    {
      key: "indicator",
      head: t("query.indicator"),
      kind: "name",
      cell: (r) => indicatorName(String(r.indicator), lang),
      raw: (r) => String(r.indicator),
    },
    {
      key: "period",
      head: t("picker.period"),
      cell: (r) => <span class="nowrap">{periodText(String(r.period), lang)}</span>,
      raw: (r) => String(r.period),
    },
    {
      key: "where",
      head: t("ask.where"),
      cell: (r) =>
        [
          valueName("insurance", String(r.insurance ?? "all"), lang),
          ...Object.entries(dimensionsOf(r)).map(([d, v]) =>
            d === "facility" && r.facility_name ? String(r.facility_name) : valueName(d, v, lang),
          ),
        ].join(" · "),
      raw: (r) => Object.values(dimensionsOf(r)).join(" "),
    },
    {
      key: "reported",
      head: t("restated.reported"),
      numeric: true,
      cell: (r) => <span class="was">{show(r.reported as Amount, shapeOf(unit(r)))}</span>,
      raw: (r) => r.reported as Amount,
    },
    {
      key: "value",
      head: t("restated.now"),
      numeric: true,
      kind: "main",
      cell: (r) => <Fig of={{ ...asked(r), status: null }} strong unit />,
      raw: live,
    },
    {
      key: "change",
      head: t("pace.difference"),
      numeric: true,
      cell: (r) => signed(r.delta as Amount, unit(r) === "fraction" ? "points" : shapeOf(unit(r))),
      raw: (r) => r.delta as Amount,
    },
    {
      key: "causes",
      head: t("restated.cause"),
      cell: (r) => {
        const list = (of: unknown): string[] => (Array.isArray(of) ? of.map(String) : []);
        return (
          <span class="quiet">
            {[...list(r.causes).map((c) => said(t, "cause", c)), ...list(r.records).slice(0, NAMED)].join(
              " ",
            )}
            {` ${t("restated.changes", { n: Number(r.cause_count ?? 0) })}`}
          </span>
        );
      },
      raw: (r) => String(r.causes ?? ""),
      hideOnPhone: true,
    },
    {
      key: "at",
      head: t("restated.at"),
      cell: (r) => <span class="nowrap">{instantText(r.restated_at as string | null)}</span>,
      raw: (r) => r.restated_at as string | null,
    },
  ];
  return (
    <Loaded answer={answer}>
      {(data) => (
        <>
          <Finding of={data.finding} />
          <div class="grid">
            <Records
              title={t("restated.closed")}
              rows={data.closed}
              none={t("restated.noneClosed")}
              sql={"FROM closed_period ORDER BY period;"}
              columns={[
                {
                  key: "period",
                  head: t("picker.period"),
                  name: true,
                  say: (r) => periodText(String(r.period), lang),
                },
                {
                  key: "closed_at",
                  head: t("restated.closedAt"),
                  say: (r) => instantText(r.closed_at as string | null),
                },
                { key: "version", head: t("ask.version") },
                { key: "restated", head: t("restated.count"), as: "count", main: true },
              ]}
            />
            <Panel
              title={t("restated.figures")}
              small={t("records.count", { n: show(String(data.rows_total), "count") })}
              className="long"
              sheet={async () => sheetOf(t("restated.figures"), columns, await all())}
              sql={() => `FROM restatement${where} ORDER BY restated_at DESC, indicator;`}
            >
              {data.restatements.length === 0 ? (
                <p class="quiet">{t("restated.none")}</p>
              ) : (
                <div class="scroll">
                  <DataTable label={t("restated.figures")} columns={columns} rows={data.restatements} />
                  <Pager of={data} shown={data.restatements.length} />
                </div>
              )}
            </Panel>
            <Records
              title={t("restated.causes")}
              rows={data.causes}
              of={data.causes_total}
              none={t("restated.noCauses")}
              sql={causesSql(where)}
              columns={[
                {
                  key: "cause",
                  head: t("restated.cause"),
                  name: true,
                  say: (r) => said(t, "cause", r.cause),
                },
                { key: "period", head: t("picker.period"), say: (r) => periodText(String(r.period), lang) },
                {
                  key: "insurance",
                  head: t("picker.insurance"),
                  say: (r) => (r.insurance ? valueName("insurance", String(r.insurance), lang) : "—"),
                },
                { key: "changes", head: t("quality.records"), as: "count" },
                {
                  key: "facility",
                  head: t("by.facility"),
                  hideOnPhone: true,
                  say: (r) => (r.facility ? valueName("facility", String(r.facility), lang) : "—"),
                },
                {
                  key: "category",
                  head: t("by.category"),
                  hideOnPhone: true,
                  say: (r) => (r.category ? valueName("category", String(r.category), lang) : "—"),
                },
                {
                  key: "fund_paid",
                  head: `${indicatorName("fund_paid", lang)}${lang === "zh" ? "，" : ", "}${t("unit.wan")}`,
                  as: "wan",
                  main: true,
                },
                { key: "changed_at", head: t("restated.at"), as: "time" },
              ]}
            />
          </div>
        </>
      )}
    </Loaded>
  );
}

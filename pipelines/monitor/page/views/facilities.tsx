import { catalogue, indicatorName, valueName } from "../data/catalogue.js";
import type { Figure } from "../data/types.js";
import type { Amount } from "../format/number.js";
import { Finding } from "../parts/finding.js";
import { SilentMark } from "../parts/mark.js";
import { Panel } from "../parts/panel.js";
import { Pick, Segments } from "../parts/pickers.js";
import { EmptyView, Loaded } from "../parts/states.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { useStore } from "../state/store.js";
import { change, hrefOf, usePlace } from "../state/url.js";
import { type Lang, useText } from "../text/text.js";
import { barColumn, figuresOf, useFigureColumns } from "./columns.js";
import { FacilityScatter } from "./facility-scatter.js";
import { useView, type ViewAnswer } from "./use-view.js";

interface Part {
  readonly value: Amount;
  readonly previous: Amount;
  readonly change: Amount;
  readonly change_pct: Amount;
  readonly status?: Figure["status"];
  readonly compared?: Amount;
  readonly compared_change?: Amount;
  readonly compared_change_pct?: Amount;
}
export interface FacilityItem {
  readonly facility: string;
  readonly name: string;
  readonly tier: string | null;
  readonly kind: string | null;
  readonly ownership: string | null;
  readonly district_name: string | null;
  readonly local: boolean;
  readonly rank: number | null;
  readonly figures: Readonly<Record<string, Part>>;
}
interface FacilitiesData extends ViewAnswer {
  readonly facilities: readonly FacilityItem[];
  readonly total: number;
}
export interface RankedFacility extends Omit<FacilityItem, "figures"> {
  readonly figures: Readonly<Record<string, Figure>>;
}

const RANKABLE = [
  "fund_paid",
  "visits",
  "avg_fee",
  "fee",
  "avg_bed_days",
  "visits_per_person",
  "reimb_rate",
  "case_paid_rate",
  "share_in_care_visits",
];
const SHOWN = ["fund_paid", "visits", "avg_fee", "reimb_rate"];

/** "三级" of "三级医疗机构": in a column of tiers the rest goes without saying. */
const tierText = (tier: string, lang: Lang): string => valueName("tier", tier, lang).replace(/医疗机构$/, "");

/** 机构: who drives the spending, who stands apart. */
export function Facilities(_: { code?: string }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const known = useStore(catalogue);
  const indicator = RANKABLE.includes(params.rank ?? "") ? (params.rank as string) : "fund_paid";
  const care = params.care ?? "inpatient";
  const order = params.order === "change" ? "change" : "value";
  const [x, y] = [params.x ?? "visits", params.y ?? "avg_fee"];
  const wanted = [...new Set([indicator, ...SHOWN, x, y])];
  const answer = useView<FacilitiesData>("facilities", {
    indicator,
    with: wanted.filter((i) => i !== indicator),
    care,
    order,
    tier: params.tier,
    kind: params.kind,
    ownership: params.ownership,
    facility_district: params.at,
  });
  const values = (dimension: string) =>
    known?.dimensions.find((d) => d.dimension === dimension)?.values ?? [];
  const filter = (name: string, dimension: string, label: string, key = name) => (
    <Pick
      name={name}
      label={label}
      value={params[key] ?? ""}
      options={[
        { value: "", name: t("picker.all") },
        ...values(dimension)
          .filter((v) => v.value !== "unknown")
          .map((v) => ({ value: v.value, name: lang === "zh" ? v.zh : v.en || v.zh })),
      ]}
      onPick={(v) => change({ [key]: v })}
    />
  );
  const shownColumns = [...new Set([indicator, ...SHOWN])].slice(0, 5);
  const figureColumns = useFigureColumns<RankedFacility>(
    shownColumns.map((i) => ({
      indicator: i,
      main: i === indicator,
      hideOnPhone: i !== indicator && i !== "visits",
    })),
  );
  return (
    <>
      <div class="row filters under">
        <Pick
          name="rank"
          label={t("facilities.rankBy")}
          value={indicator}
          options={RANKABLE.map((i) => ({ value: i, name: indicatorName(i, lang) }))}
          onPick={(v) => change({ rank: v === "fund_paid" ? null : v })}
        />
        <Pick
          name="care"
          label={t("by.care")}
          value={care}
          options={["inpatient", "outpatient", "pharmacy", "maternity"].map((c) => ({
            value: c,
            name: valueName("care", c, lang),
          }))}
          onPick={(v) => change({ care: v === "inpatient" ? null : v })}
        />
        {filter("tier", "tier", t("by.tier"))}
        {filter("kind", "kind", t("by.kind"))}
        {filter("ownership", "ownership", t("by.ownership"))}
        {filter("at", "facility_district", t("flow.place"))}
        <Segments
          label={t("facilities.order")}
          value={order}
          options={[
            { value: "value", name: t("facilities.byValue") },
            { value: "change", name: t("facilities.byChange") },
          ]}
          onPick={(v) => change({ order: v === "value" ? null : v })}
        />
      </div>
      <Loaded answer={answer}>
        {(data) => {
          const units = new Map(known?.indicators.map((i) => [i.indicator, i.unit]));
          const rows = data.facilities.map(
            (f): RankedFacility => ({
              ...f,
              figures: Object.fromEntries(
                Object.entries(f.figures).map(([name, part]) => [
                  name,
                  {
                    ...part,
                    indicator: name,
                    period: data.period,
                    insurance: params.insurance ?? "all",
                    grouping: "care+facility",
                    dimensions: { care, facility: f.facility },
                    facility_name: f.name,
                    unit: units.get(name) ?? "",
                  },
                ]),
              ),
            }),
          );
          const columns: Column<RankedFacility>[] = [
            {
              key: "rank",
              head: "#",
              label: t("facilities.rank"),
              numeric: true,
              cell: (r) => <span class="quiet">{r.rank ?? "—"}</span>,
              raw: (r) => r.rank,
              hideOnPhone: true,
            },
            {
              key: "name",
              head: t("by.facility"),
              kind: "name",
              cell: (r) => (
                <>
                  <a href={hrefOf(`/facilities/${encodeURIComponent(r.facility)}`)}>{r.name}</a>
                  <SilentMark facility={r.facility} />
                </>
              ),
              raw: (r) => r.name,
              sort: (r) => r.name,
            },
            {
              key: "about",
              head: t("facilities.about"),
              cell: (r) => (
                <span class="quiet nowrap">
                  {[r.tier && tierText(r.tier, lang), r.local ? null : r.district_name]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              ),
              raw: (r) =>
                [r.tier && valueName("tier", r.tier, lang), r.district_name].filter(Boolean).join(" "),
              hideOnPhone: true,
            },
            barColumn(rows, indicator, params.yoy !== "0"),
            ...figureColumns,
          ];
          return (
            <>
              <Finding of={data.finding} />
              {rows.length === 0 ? (
                <EmptyView />
              ) : (
                <div class="grid">
                  <FacilityScatter rows={rows} x={x} y={y} choices={RANKABLE} />
                  <Panel
                    title={t("facilities.title")}
                    small={t("facilities.of", { n: data.total })}
                    className="long"
                    sheet={() => sheetOf(t("facilities.title"), columns, rows)}
                    figures={() => figuresOf(rows, shownColumns)}
                  >
                    <div class="scroll">
                      <DataTable
                        label={t("facilities.title")}
                        columns={columns}
                        rows={rows}
                        rowKey={(r) => r.facility}
                      />
                    </div>
                  </Panel>
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

import { BarTick } from "../charts/marks.js";
import { place } from "../format/number.js";
import { KeyBar, KeyTick } from "../parts/glyph.js";
import { Panel } from "../parts/panel.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { hrefOf, usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { figuresOf, useFigureColumns } from "./columns.js";
import type { FacilityRow, FlowData } from "./flow-data.js";
export function TopFacilities({ data, indicator }: { data: FlowData; indicator: string }) {
  const { t } = useText();
  const { params } = usePlace();
  const most = Math.max(
    0,
    ...data.facilities.flatMap((f) => [
      place(f.figures[indicator]?.value) ?? 0,
      place(f.figures[indicator]?.previous) ?? 0,
    ]),
  );
  const columns: Column<FacilityRow>[] = [
    {
      key: "name",
      head: t("by.facility"),
      kind: "name",
      cell: (r) => <a href={hrefOf(`/facilities/${encodeURIComponent(r.facility)}`)}>{r.name}</a>,
      raw: (r) => r.name,
    },
    {
      key: "district",
      head: t("flow.place"),
      cell: (r) => <span class="quiet">{r.district_name ?? ""}</span>,
      raw: (r) => r.district_name,
      hideOnPhone: true,
    },
    {
      key: "bar",
      head: "",
      kind: "bar",
      cell: (r) => (
        <BarTick
          now={r.figures[indicator]?.value}
          last={params.yoy === "0" ? null : r.figures[indicator]?.previous}
          max={most}
        />
      ),
    },
    ...useFigureColumns<FacilityRow>([
      { indicator: "fund_paid", main: true },
      { indicator: "visits" },
      { indicator: "avg_fee" },
    ]),
  ];
  if (data.facilities.length === 0) return null;
  return (
    <Panel
      title={t("flow.facilities")}
      small={t("flow.facilitiesSmall")}
      className="long"
      keys={
        <>
          <li>
            <KeyBar />
            {t("series.now")}
          </li>
          <li>
            <KeyTick />
            {t("series.last")}
          </li>
        </>
      }
      sheet={() => sheetOf(t("flow.facilities"), columns, data.facilities)}
      figures={() => figuresOf(data.facilities, ["fund_paid", "visits", "avg_fee"])}
    >
      <div class="scroll">
        <DataTable
          label={t("flow.facilities")}
          columns={columns}
          rows={data.facilities}
          rowKey={(r) => r.facility}
        />
      </div>
    </Panel>
  );
}

import { KeyBar, KeyTick } from "../parts/glyph.js";
import { Panel } from "../parts/panel.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { hrefOf, usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { barColumn, figuresOf, useFigureColumns } from "./columns.js";
import type { FacilityRow, FlowData } from "./flow-data.js";
export function TopFacilities({ data, indicator }: { data: FlowData; indicator: string }) {
  const { t } = useText();
  const { params } = usePlace();
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
    barColumn(data.facilities, indicator, params.yoy !== "0"),
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

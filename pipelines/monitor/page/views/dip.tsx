import { BarTick } from "../charts/marks.js";
import type { Figures } from "../data/types.js";
import { place } from "../format/number.js";
import { Finding } from "../parts/finding.js";
import { Panel } from "../parts/panel.js";
import { EmptyView, Loaded } from "../parts/states.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { hrefOf } from "../state/url.js";
import { useText } from "../text/text.js";
import { Tiles } from "./care.js";
import { type FigureColumn, figuresOf, useFigureColumns } from "./columns.js";
import { useView, type ViewAnswer } from "./use-view.js";

interface Row {
  readonly facility: string;
  readonly name: string;
  readonly figures: Figures;
}
interface DipData extends ViewAnswer {
  readonly total: { readonly figures: Figures };
  readonly facilities: readonly Row[];
}

const LIST: readonly FigureColumn[] = [
  { indicator: "dip_cases" },
  { indicator: "ffs_amount" },
  { indicator: "dip_amount", main: true },
  { indicator: "dip_prepay_rate" },
  { indicator: "dip_difference", noChange: true },
  { indicator: "dip_deposit", noChange: true, hideOnPhone: true },
];

/** DIP: what is prepaid by points, against what items would have cost. */
export function Dip(_: { code?: string }) {
  const { t } = useText();
  const answer = useView<DipData>("dip");
  const rows = [...(answer.data?.facilities ?? [])].sort(
    (a, b) => (place(b.figures.dip_amount?.value) ?? 0) - (place(a.figures.dip_amount?.value) ?? 0),
  );
  const figureColumns = useFigureColumns<Row>(LIST, rows);
  return (
    <Loaded answer={answer}>
      {(data) => {
        const most = Math.max(
          0,
          ...data.facilities.flatMap((f) => [
            place(f.figures.ffs_amount?.value) ?? 0,
            place(f.figures.dip_amount?.value) ?? 0,
          ]),
        );
        const columns: Column<Row>[] = [
          {
            key: "name",
            head: t("by.facility"),
            kind: "name",
            cell: (r) => <a href={hrefOf(`/facilities/${encodeURIComponent(r.facility)}`)}>{r.name}</a>,
            raw: (r) => r.name,
          },
          {
            key: "bar",
            head: t("dip.bar"),
            kind: "bar",
            cell: (r) => (
              <BarTick now={r.figures.dip_amount?.value} last={r.figures.ffs_amount?.value} max={most} />
            ),
          },
          ...figureColumns,
        ];
        const title = t("dip.table");
        return (
          <>
            <Finding of={data.finding} />
            {data.facilities.length === 0 ? (
              <EmptyView />
            ) : (
              <div class="grid">
                <section class="panel c12">
                  <Tiles figures={data.total.figures} list={LIST} />
                </section>
                <Panel
                  title={title}
                  className="long"
                  sheet={() => sheetOf(title, columns, rows)}
                  figures={() => figuresOf(rows)}
                >
                  <div class="scroll">
                    <DataTable label={title} columns={columns} rows={rows} rowKey={(r) => r.facility} />
                  </div>
                </Panel>
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

import { valueName } from "../data/catalogue.js";
import type { Figure, Figures } from "../data/types.js";
import { periodText } from "../format/date.js";
import { Finding } from "../parts/finding.js";
import { Panel } from "../parts/panel.js";
import { EmptyView, Loaded } from "../parts/states.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { hrefOf } from "../state/url.js";
import { useText } from "../text/text.js";
import { type FigureColumn, figuresOf, useFigureColumns } from "./columns.js";
import { useView, type ViewAnswer } from "./use-view.js";

interface FundRow {
  readonly fund: string;
  readonly name_zh: string;
  readonly insurance: string;
  readonly figures: Figures;
}
interface FundsData extends ViewAnswer {
  readonly funds: readonly FundRow[];
  readonly subjects: readonly Figure[];
  readonly districts: readonly Figure[];
  readonly enrolment: readonly Figure[];
}

function FundTable({ data }: { data: FundsData }) {
  const { t, lang } = useText();
  const columns: Column<FundRow>[] = [
    {
      key: "fund",
      head: t("picker.fund"),
      kind: "name",
      cell: (r) => (
        <a href={hrefOf("/pace", { fund: r.fund })}>
          {lang === "zh" ? r.name_zh : valueName("fund", r.fund, lang)}
        </a>
      ),
      raw: (r) => r.name_zh,
    },
    ...useFigureColumns<FundRow>(
      [
        { indicator: "income" },
        { indicator: "expense", noChange: true },
        { indicator: "settled_expense", main: true },
        { indicator: "settled_progress", noChange: true },
        { indicator: "income_progress", noChange: true, hideOnPhone: true },
        { indicator: "balance_period", noChange: true, hideOnPhone: true },
        { indicator: "balance_cumulative", noChange: true },
        { indicator: "months_payable", noChange: true },
      ],
      data.funds,
    ),
  ];
  const title = t("funds.table");
  return (
    <Panel
      title={title}
      small={`${periodText(data.period, lang)}`}
      sheet={() => sheetOf(title, columns, data.funds)}
      figures={() => figuresOf(data.funds)}
    >
      <div class="scroll">
        <DataTable
          label={title}
          columns={columns}
          rows={data.funds}
          rowKey={(r) => `${r.fund} ${r.insurance}`}
        />
      </div>
      <p class="aside">{t("funds.note")}</p>
    </Panel>
  );
}

interface Pivot {
  readonly key: string;
  readonly name: string;
  readonly figures: Record<string, Figure>;
}

/** One row a place of the figures, a column an indicator. */
function pivot(
  figures: readonly Figure[],
  dimensions: readonly string[],
  name: (f: Figure) => string,
): Pivot[] {
  const rows = new Map<string, Pivot>();
  for (const f of figures) {
    if (f.dimensions.fund === "employee") continue;
    const key = [f.insurance, ...dimensions.map((d) => f.dimensions[d] ?? "")].join(" ");
    const row = rows.get(key) ?? { key, name: name(f), figures: {} };
    row.figures[f.indicator] = f;
    rows.set(key, row);
  }
  return [...rows.values()];
}

function PivotTable({
  title,
  rows,
  head,
  columns: list,
  span,
}: {
  title: string;
  rows: readonly Pivot[];
  head: string;
  columns: readonly FigureColumn[];
  span: string;
}) {
  const present = list.filter((c) => rows.some((r) => r.figures[c.indicator]));
  const columns: Column<Pivot>[] = [
    { key: "name", head, kind: "name", cell: (r) => r.name, raw: (r) => r.name },
    ...useFigureColumns<Pivot>(present, rows),
  ];
  if (rows.length === 0) return null;
  return (
    <Panel
      title={title}
      span={span}
      className="long"
      sheet={() => sheetOf(title, columns, rows)}
      figures={() =>
        figuresOf(
          rows,
          present.map((c) => c.indicator),
        )
      }
    >
      <div class="scroll">
        <DataTable label={title} columns={columns} rows={rows} rowKey={(r) => r.key} />
      </div>
    </Panel>
  );
}

/** 参保与基金: who is enrolled, what came in, what went out, what is left. */
export function Funds(_: { code?: string }) {
  const { t, lang } = useText();
  const answer = useView<FundsData>("funds");
  const join = (f: Figure, dimensions: readonly string[]): string =>
    dimensions
      .filter((d) => f.dimensions[d] !== undefined)
      .map((d) => valueName(d, f.dimensions[d], lang))
      .join(" · ") || valueName("insurance", f.insurance, lang);
  const districts = new Set(answer.data?.districts.map((f) => f.dimensions.district)).size;
  return (
    <Loaded answer={answer}>
      {(data) =>
        data.funds.length === 0 && data.enrolment.length === 0 ? (
          <>
            <Finding of={data.finding} />
            <EmptyView />
          </>
        ) : (
          <>
            <Finding of={data.finding} />
            <div class="grid">
              <FundTable data={data} />
              <PivotTable
                title={t("funds.enrolment")}
                span="c12"
                head={t("picker.insurance")}
                rows={pivot(
                  data.enrolment.filter((f) => f.dimensions.district === undefined || districts > 1),
                  ["district", "person_group", "sex"],
                  (f) =>
                    [
                      valueName("insurance", f.insurance, lang),
                      ...(f.grouping === "total" ? [] : [join(f, ["district", "person_group", "sex"])]),
                    ].join(" · "),
                )}
                columns={[
                  { indicator: "enrolled", main: true },
                  { indicator: "enrolled_paid", noChange: true },
                  { indicator: "enrolment_progress", noChange: true },
                ]}
              />
              <PivotTable
                title={t("funds.subjects")}
                span="c12"
                head={t("funds.subject")}
                rows={pivot(data.subjects, ["fund", "subject"], (f) => join(f, ["fund", "subject"]))}
                columns={[{ indicator: "income", main: true }, { indicator: "expense" }]}
              />
              {districts > 1 && (
                <PivotTable
                  title={t("funds.districts")}
                  span="c12"
                  head={t("picker.district")}
                  rows={pivot(data.districts, ["district", "fund"], (f) => join(f, ["district", "fund"]))}
                  columns={[
                    { indicator: "settled_expense", main: true },
                    { indicator: "income" },
                    { indicator: "expense", noChange: true },
                    { indicator: "balance_period", noChange: true },
                  ]}
                />
              )}
            </div>
          </>
        )
      }
    </Loaded>
  );
}

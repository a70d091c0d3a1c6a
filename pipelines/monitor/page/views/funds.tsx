import { BarTick } from "../charts/marks.js";
import { indicatorName, valueName } from "../data/catalogue.js";
import type { Figure, Figures } from "../data/types.js";
import { periodText } from "../format/date.js";
import { place } from "../format/number.js";
import { Change, Fig } from "../parts/figure.js";
import { Finding } from "../parts/finding.js";
import { Panel } from "../parts/panel.js";
import { EmptyView, Loaded } from "../parts/states.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { hrefOf } from "../state/url.js";
import { useText } from "../text/text.js";
import { figuresOf, useFigureColumns } from "./columns.js";
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
    ...useFigureColumns<FundRow>([
      { indicator: "income" },
      { indicator: "expense", noChange: true },
      { indicator: "settled_expense", main: true },
      { indicator: "settled_progress", noChange: true },
      { indicator: "income_progress", noChange: true, hideOnPhone: true },
      { indicator: "balance_period", noChange: true, hideOnPhone: true },
      { indicator: "balance_cumulative", noChange: true },
      { indicator: "months_payable", noChange: true },
    ]),
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

/** Figures listed one a row: what, where, how much. */
function FigureList({
  title,
  figures,
  head,
  name,
  small,
}: {
  title: string;
  figures: readonly Figure[];
  head: string;
  name: (f: Figure) => string;
  small?: string;
}) {
  const { t, lang } = useText();
  if (figures.length === 0) return null;
  const most = Math.max(0, ...figures.map((f) => place(f.value) ?? 0));
  const columns: Column<Figure>[] = [
    { key: "name", head, kind: "name", cell: name, raw: name },
    {
      key: "indicator",
      head: t("query.indicator"),
      cell: (f) => <span class="quiet">{indicatorName(f.indicator, lang)}</span>,
      raw: (f) => indicatorName(f.indicator, lang),
    },
    {
      key: "bar",
      head: "",
      kind: "bar",
      cell: (f) => (f.unit === "fraction" ? "" : <BarTick now={f.value} last={f.previous} max={most} />),
      hideOnPhone: true,
    },
    {
      key: "value",
      head: t("ask.value"),
      numeric: true,
      kind: "main",
      cell: (f) => <Fig of={f} unit />,
      raw: (f) => f.value,
    },
    {
      key: "change",
      head: t("col.change"),
      numeric: true,
      kind: "pair",
      cell: (f) => <Change of={f} />,
      raw: (f) => f.change_pct,
    },
  ];
  return (
    <Panel
      title={title}
      small={small}
      span="c6"
      className="long"
      sheet={() => sheetOf(title, columns, figures)}
      figures={() => figures}
    >
      <div class="scroll">
        <DataTable label={title} columns={columns} rows={figures} rowKey={(f, i) => `${f.indicator} ${i}`} />
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
              <FigureList
                title={t("funds.enrolment")}
                figures={data.enrolment}
                head={t("picker.insurance")}
                name={(f) =>
                  [
                    valueName("insurance", f.insurance, lang),
                    ...(f.grouping === "total" ? [] : [join(f, ["district", "person_group", "sex"])]),
                  ].join(" · ")
                }
              />
              <FigureList
                title={t("funds.subjects")}
                figures={data.subjects}
                head={t("funds.subject")}
                name={(f) => join(f, ["fund", "subject"])}
              />
              <FigureList
                title={t("funds.districts")}
                figures={data.districts}
                head={t("picker.district")}
                name={(f) => join(f, ["district", "fund"])}
              />
            </div>
          </>
        )
      }
    </Loaded>
  );
}

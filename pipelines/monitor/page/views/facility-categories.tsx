import { valueName } from "../data/catalogue.js";
import type { Figure } from "../data/types.js";
import { periodText } from "../format/date.js";
import { place } from "../format/number.js";
import { Panel } from "../parts/panel.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { barColumn, figuresOf, useFigureColumns } from "./columns.js";
import type { FacilityData } from "./facility-data.js";
export interface CategoryRow {
  readonly care: string;
  readonly category: string;
  readonly figures: Readonly<Record<string, Figure>>;
}
export function Categories({ data }: { data: FacilityData }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const rows = new Map<string, { care: string; category: string; figures: Record<string, Figure> }>();
  for (const f of data.categories) {
    const key = `${f.dimensions.care} ${f.dimensions.category}`;
    const row = rows.get(key) ?? { care: f.dimensions.care, category: f.dimensions.category, figures: {} };
    row.figures[f.indicator] = f;
    rows.set(key, row);
  }
  const list = [...rows.values()].sort(
    (a, b) => (place(b.figures.fund_paid?.value) ?? 0) - (place(a.figures.fund_paid?.value) ?? 0),
  );
  const columns: Column<CategoryRow>[] = [
    {
      key: "category",
      head: t("by.category"),
      kind: "name",
      cell: (r) => valueName("category", r.category, lang),
      raw: (r) => r.category,
    },
    {
      key: "care",
      head: "",
      label: t("by.care"),
      cell: (r) => <span class="quiet">{valueName("care", r.care, lang)}</span>,
      raw: (r) => r.care,
      hideOnPhone: true,
    },
    barColumn(list, "fund_paid", params.yoy !== "0"),
    ...useFigureColumns<CategoryRow>([
      { indicator: "fund_paid", main: true },
      { indicator: "visits" },
      { indicator: "avg_fee" },
    ]),
  ];
  if (list.length === 0) return null;
  const title = t("facility.categories");
  return (
    <Panel
      title={title}
      small={periodText(data.period, lang)}
      sheet={() => sheetOf(title, columns, list)}
      figures={() => figuresOf(list)}
    >
      <div class="scroll">
        <DataTable label={title} columns={columns} rows={list} rowKey={(r) => `${r.care} ${r.category}`} />
      </div>
    </Panel>
  );
}

import { indicatorName, valueName } from "../data/catalogue.js";
import { monthText } from "../format/date.js";
import { type Amount, place, show, signed } from "../format/number.js";
import { Panel } from "../parts/panel.js";
import { type Column, sheetOf } from "../parts/table.js";
import { usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { byDistance, type FlowData, type MatrixRow } from "./flow-data.js";
export const totalOf = (r: MatrixRow): { value: Amount; change_pct: Amount } =>
  typeof r.total === "object" && r.total !== null
    ? { value: r.total.value, change_pct: r.total.change_pct ?? null }
    : { value: r.total, change_pct: null };
export function Matrix({ data }: { data: FlowData }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const { indicator, columns: periods, rows } = data.matrix;
  const shape = indicator === "visits" ? "count" : indicator === "avg_fee" ? "yuan" : "wan1";
  const values = rows
    .flatMap((r) => r.cells.map((c) => place(c.value)))
    .filter((v): v is number => v !== null && v > 0);
  const sorted = [...values].sort((a, b) => a - b);
  const heat = (v: Amount): string => {
    const n = place(v);
    if (n === null || n <= 0) return "h h0";
    const rank = sorted.findIndex((s) => s >= n) / sorted.length;
    return `h h${Math.min(4, Math.floor(rank * 5))}`;
  };
  if (rows.length === 0) return null;
  const ordered = byDistance(rows.map((r) => ({ ...r, region: r.region ?? "" })));
  const columns: Column<MatrixRow>[] = [
    { key: "name", head: t("flow.place"), cell: (r) => r.name, raw: (r) => r.name },
    ...periods.map(
      (p): Column<MatrixRow> => ({
        key: p,
        head: p,
        numeric: true,
        cell: () => null,
        raw: (r) => r.cells.find((c) => c.period === p)?.value,
      }),
    ),
    { key: "total", head: t("col.total"), numeric: true, cell: () => null, raw: (r) => totalOf(r).value },
  ];
  const asked = (r: MatrixRow, c: { period: string; value: Amount; previous: Amount }) => ({
    indicator,
    period: c.period,
    insurance: params.insurance,
    grouping: "care+facility_district",
    dimensions: { care: "inpatient", facility_district: r.district },
    value: c.value,
    previous: c.previous,
  });
  let before: string | null = null;
  return (
    <Panel
      title={t("flow.matrix")}
      small={`${indicatorName(indicator, lang)}${shape === "wan1" ? `，${t("unit.wan")}` : ""}；${t("flow.stronger")}`}
      className="long"
      sheet={() => sheetOf(t("flow.matrix"), columns, ordered)}
      figures={() => ordered.flatMap((r) => r.cells.map((c) => asked(r, c)))}
    >
      <div class="scroll">
        <table class="matrix">
          <caption class="sr">{t("flow.matrix")}</caption>
          <thead>
            <tr>
              <th scope="col" class="hide-s">
                {t("by.region")}
              </th>
              <th scope="col">{t("flow.place")}</th>
              {periods.map((p) => (
                <th key={p} scope="col" class="num">
                  {monthText(Number(p.slice(5, 7)), lang)}
                </th>
              ))}
              <th scope="col" class="num">
                {t("col.total")}
              </th>
              <th scope="col" class="num">
                {t("col.change")}
              </th>
            </tr>
          </thead>
          <tbody>
            {ordered.map((r) => {
              const group = r.region !== before ? r.region : null;
              before = r.region;
              const total = totalOf(r);
              return (
                <tr key={r.district} class={group !== null ? "group" : undefined}>
                  <td class="quiet nowrap hide-s">{group ? valueName("region", group, lang) : ""}</td>
                  <th scope="row">{r.name}</th>
                  {periods.map((p) => {
                    const cell = r.cells.find((c) => c.period === p);
                    return (
                      <td key={p} class={heat(cell?.value)}>
                        {show(cell?.value, shape)}
                      </td>
                    );
                  })}
                  <td class="num strong">{show(total.value, shape)}</td>
                  <td class="num pair">{signed(total.change_pct, "pct")}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

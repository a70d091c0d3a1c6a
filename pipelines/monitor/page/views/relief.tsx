import { BarTick } from "../charts/marks.js";
import type { Figures } from "../data/types.js";
import { place } from "../format/number.js";
import { Finding } from "../parts/finding.js";
import { Panel } from "../parts/panel.js";
import { EmptyView, Loaded } from "../parts/states.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { usePlace } from "../state/url.js";
import { type Key, useText } from "../text/text.js";
import { MonthPanel, type MonthRow } from "./care.js";
import { figuresOf, useFigureColumns } from "./columns.js";
import { useView, type ViewAnswer } from "./use-view.js";

interface Kind {
  readonly kind: string;
  readonly name_zh: string;
  readonly figures: Figures;
}
interface ReliefData extends ViewAnswer {
  readonly kinds: readonly (Kind & Partial<Record<"visits" | "paid" | "fee", unknown>>)[];
  readonly rows?: readonly { readonly value: string; readonly name: string; readonly figures: Figures }[];
  readonly months: readonly MonthRow[];
}

/** 大病与救助: whom the layers above the basic fund reach, and with how much. */
export function Relief(_: { code?: string }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const answer = useView<ReliefData>("relief");
  return (
    <Loaded answer={answer}>
      {(data) => {
        const rows = data.kinds;
        const paid = (r: Kind) => r.figures[`${r.kind}_paid`];
        const most = Math.max(
          0,
          ...rows.flatMap((r) => [place(paid(r)?.value) ?? 0, place(paid(r)?.previous) ?? 0]),
        );
        const name = (r: Kind): string => (lang === "zh" ? r.name_zh : t(`relief.${r.kind}` as Key));
        const title = t("relief.table");
        return (
          <>
            <Finding of={data.finding} />
            {rows.length === 0 ? (
              <EmptyView />
            ) : (
              <div class="grid">
                <KindTable
                  rows={rows}
                  name={name}
                  paid={paid}
                  most={most}
                  yoy={params.yoy !== "0"}
                  title={title}
                />
                <MonthPanel
                  months={data.months}
                  list={rows
                    .filter((r) => place(paid(r)?.value) || place(paid(r)?.previous))
                    .map((r) => ({
                      indicator: `${r.kind}_paid`,
                      shape: "wan" as const,
                      head: name(r),
                    }))}
                />
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function KindTable({
  rows,
  name,
  paid,
  most,
  yoy,
  title,
}: {
  rows: readonly Kind[];
  name: (r: Kind) => string;
  paid: (r: Kind) => Figures[string] | undefined;
  most: number;
  yoy: boolean;
  title: string;
}) {
  const { t } = useText();
  // The kinds have indicators of their own; one column shows each kind's.
  const alike = rows.map((r) => ({
    ...r,
    figures: {
      ...(r.figures[`${r.kind}_paid`] ? { fund_paid: r.figures[`${r.kind}_paid`] } : {}),
      ...(r.figures[`${r.kind}_visits`] ? { visits: r.figures[`${r.kind}_visits`] } : {}),
      ...(r.figures[`${r.kind}_fee`] ? { fee: r.figures[`${r.kind}_fee`] } : {}),
    } as Figures,
  }));
  const columns: Column<(typeof alike)[number]>[] = [
    { key: "kind", head: t("relief.kind"), kind: "name", cell: (r) => name(r), raw: (r) => name(r) },
    {
      key: "bar",
      head: "",
      kind: "bar",
      cell: (r) => (
        <BarTick
          now={paid(r)?.value ?? r.figures.fund_paid?.value}
          last={yoy ? (r.figures.fund_paid?.previous ?? null) : null}
          max={most}
        />
      ),
    },
    ...useFigureColumns<(typeof alike)[number]>([
      { indicator: "fund_paid", main: true, head: t("relief.paid") },
      { indicator: "visits", head: t("relief.visits") },
      { indicator: "fee", head: t("relief.fee") },
    ]),
  ];
  return (
    <Panel title={title} sheet={() => sheetOf(title, columns, alike)} figures={() => figuresOf(rows)}>
      <div class="scroll">
        <DataTable label={title} columns={columns} rows={alike} rowKey={(r) => r.kind} />
      </div>
    </Panel>
  );
}

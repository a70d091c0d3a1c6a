import { DayLine } from "../charts/marks.js";
import type { Figure } from "../data/types.js";
import { dayText, periodText } from "../format/date.js";
import { show, signed } from "../format/number.js";
import { Change, Fig } from "../parts/figure.js";
import { Mark } from "../parts/mark.js";
import { Panel } from "../parts/panel.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import type { Asked } from "../state/asked.js";
import { useText } from "../text/text.js";
import type { Recent } from "./overview-data.js";

export function RecentDays({ rows, persons }: { rows: readonly Recent[]; persons: Figure | null }) {
  const { t, lang } = useText();
  const shape = (r: Recent) => (r.unit === "yuan" ? "wan" : "count") as "wan" | "count";
  const name = (r: Recent): string => t(`recent.${r.name}` as "recent.visits");
  const day = rows[0]?.today.day;
  const asked = (r: Recent): Asked => ({
    indicator: r.indicator,
    period: r.today.day,
    grouping: r.care ? "care" : "total",
    dimensions: r.care ? { care: r.care } : {},
    value: r.today.value,
    unit: r.unit,
  });
  const columns: Column<Recent>[] = [
    {
      key: "name",
      head: "",
      label: t("recent.what"),
      kind: "name",
      cell: (r) => (
        <>
          {name(r)}
          {r.unit === "yuan" && <span class="unit">{t("unit.wan")}</span>}
        </>
      ),
      raw: name,
    },
    {
      key: "today",
      head: (
        <>
          {t("recent.lastDay", { day: dayText(day, lang) })} <Mark of="provisional" />
        </>
      ),
      label: t("recent.lastDay", { day: dayText(day, lang) }),
      numeric: true,
      kind: "main",
      cell: (r) => <Fig of={asked(r)} shape={shape(r)} strong />,
      raw: (r) => r.today.value,
    },
    {
      key: "usual",
      head: t("recent.usualDay"),
      numeric: true,
      cell: (r) => show(r.today.usual, shape(r)),
      raw: (r) => r.today.usual,
    },
    {
      key: "diff",
      head: t("recent.difference"),
      label: t("recent.differenceDay"),
      numeric: true,
      kind: "pair",
      cell: (r) => signed(r.today.difference_pct, "pct"),
      raw: (r) => r.today.difference_pct,
    },
    {
      key: "week",
      head: t("recent.week"),
      numeric: true,
      cell: (r) => <b class="strong">{show(r.week.value, shape(r))}</b>,
      raw: (r) => r.week.value,
    },
    {
      key: "usualWeek",
      head: t("recent.usualWeek"),
      numeric: true,
      cell: (r) => show(r.week.usual, shape(r)),
      raw: (r) => r.week.usual,
    },
    {
      key: "diffWeek",
      head: t("recent.difference"),
      label: t("recent.differenceWeek"),
      numeric: true,
      kind: "pair",
      cell: (r) => signed(r.week.difference_pct, "pct"),
      raw: (r) => r.week.difference_pct,
    },
    {
      key: "days",
      head: t("recent.days"),
      kind: "bar",
      cell: (r) => <DayLine values={r.days.map((d) => d.value)} />,
      hideOnPhone: true,
    },
  ];
  return (
    <Panel
      title={t("recent.title")}
      small={t("recent.small")}
      says={
        persons && (
          <>
            {t("recent.monthPersons", { month: periodText(persons.period, lang) })}{" "}
            <Fig of={persons} strong unit />{" "}
            {persons.change_pct !== null && (
              <>
                {t("col.change")} <Change of={persons} />
              </>
            )}
          </>
        )
      }
      sheet={() => sheetOf(t("recent.title"), columns, rows)}
      figures={() => [
        ...(persons ? [persons] : []),
        ...rows.flatMap((r) => r.days.map((d) => ({ ...asked(r), period: d.day, value: d.value }))),
      ]}
    >
      <div class="scroll">
        <DataTable label={t("recent.title")} columns={columns} rows={rows} rowKey={(r) => r.name} />
      </div>
    </Panel>
  );
}

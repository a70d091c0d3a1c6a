import { Bullet, LeadLine } from "../charts/bullet.js";
import { capital } from "../data/catalogue.js";
import { dayText, monthsOf } from "../format/date.js";
import { magnitude, place, show, signed } from "../format/number.js";
import { Fig } from "../parts/figure.js";
import { KeyBar, KeyOutlook, KeyTick, KeyTime, Watch } from "../parts/glyph.js";
import { Panel } from "../parts/panel.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import type { Asked } from "../state/asked.js";
import { hrefOf, usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { type Flags, type FundCard, flagsOf, type OverviewData, outlookShares } from "./overview-data.js";

/** The figure of a fund that a card shows. */
function fundFigure(
  fund: FundCard,
  period: string,
  indicator: string,
  value: string | null,
  previous?: string | null,
): Asked {
  return {
    indicator,
    period,
    insurance: "all",
    grouping: "fund",
    dimensions: { fund: fund.fund },
    value,
    previous,
  };
}
function LeadChip({ fund, watch }: { fund: FundCard; watch: boolean }) {
  const { t } = useText();
  if (fund.lead === null) return null;
  const lead = place(fund.lead) ?? 0;
  if (Math.abs(lead) < 0.005) return <span class="chip">{t("view.level")}</span>;
  return (
    <span class={`chip${watch ? " watch" : ""}`}>
      {watch && <Watch />}
      {t(lead > 0 ? "view.ahead" : "view.behind", { n: magnitude(fund.lead, "points") })}
    </span>
  );
}
export function Fund({ fund, data }: { fund: FundCard; data: OverviewData }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const figure = (indicator: string, value: string | null, previous?: string | null): Asked =>
    fundFigure(fund, data.period, indicator, value, previous);
  const shares = outlookShares(fund);
  const flags = flagsOf(fund, data.alerts);
  const wan = t("unit.wan");
  const booked = fund.booked_to ? monthsOf(fund.booked_to)[1] : null;
  const facts: [string, preact.ComponentChildren, preact.ComponentChildren, boolean?][] = [
    ...(params.yoy === "0"
      ? []
      : ([
          [
            t("view.vsLast"),
            signed(fund.settled_change_pct, "pct"),
            fund.settled_previous === null
              ? t("view.noLast")
              : `${t("series.last")} ${show(fund.settled_previous, "wan")}`,
          ],
        ] as [string, string, string][])),
    [
      t("view.booked"),
      <Fig of={figure("expense", fund.booked)} beside />,
      booked === null ? t("view.notBooked") : t("view.bookedTo", { month: booked }),
    ],
    [
      t("view.income"),
      <Fig of={figure("income", fund.income)} />,
      fund.income_progress === null
        ? t("view.noBudget")
        : t("view.ofIncomeBudget", { n: show(fund.income_progress, "pct") }),
    ],
    [
      t("view.balancePeriod"),
      <Fig of={figure("balance_period", fund.balance_period)} plus />,
      t("view.incomeLessBooked"),
    ],
    [
      t("view.balance"),
      <Fig of={figure("balance_cumulative", fund.balance_cumulative)} />,
      fund.months_payable === null
        ? ""
        : `${flags.months ? "▲ " : ""}${t("view.payable", { n: show(fund.months_payable, "one") })}`,
      flags.months,
    ],
    ...(fund.outlook
      ? ([
          [
            t("view.outlookYear"),
            show(fund.outlook.projected, "wan0"),
            t("view.range", { low: show(fund.outlook.low, "wan0"), high: show(fund.outlook.high, "wan0") }),
          ],
        ] as [string, string, string][])
      : []),
  ];
  return (
    <section class="panel fund c4" data-fund={fund.fund}>
      <header>
        <h2>
          <a href={hrefOf("/pace", { fund: fund.fund })}>
            {lang === "zh" ? fund.name_zh : capital(fund.name_en)}
          </a>
        </h2>
        <LeadChip fund={fund} watch={flags.lead} />
      </header>
      <div class="hero">
        <span>
          <Fig of={figure("settled_expense", fund.settled, fund.settled_previous)} shape="wan" />
          <span class="unit">{wan}</span>
        </span>
        {fund.progress !== null && (
          <span class="beside">
            {t("view.ofBudget")} <Fig of={figure("settled_progress", fund.progress)} strong />
          </span>
        )}
      </div>
      <p class="basis">{t("view.settledBasis", { day: dayText(data.year.day, lang) })}</p>
      {fund.budget !== null ? (
        <Bullet
          name={fund.name_zh}
          progress={fund.progress}
          pace={fund.pace}
          budget={fund.budget}
          time={data.year.share}
          {...shares}
          ahead={flags.lead}
          over={flags.over}
          labels
        />
      ) : (
        <p class="aside">{t("view.noBudgetBar")}</p>
      )}
      <dl class="facts">
        {facts.map(([name, value, note, flagged]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
            <dd class={`note${flagged ? " watch" : ""}`}>{note}</dd>
          </div>
        ))}
      </dl>
      {fund.leads && fund.leads.length > 1 && (
        <div class="trend">
          <p class="axis-row">{t("view.leadTitle")}</p>
          <LeadLine leads={fund.leads} watch={flags.lead} height={params.wall === "1" ? 58 : 76} />
        </div>
      )}
    </section>
  );
}
export function OtherFunds({ funds, data }: { funds: readonly FundCard[]; data: OverviewData }) {
  const { t, lang } = useText();
  const f = (fund: FundCard, indicator: string, value: string | null) => (
    <Fig of={fundFigure(fund, data.period, indicator, value)} />
  );
  const flags = (r: FundCard): Flags => flagsOf(r, data.alerts);
  const columns: Column<FundCard>[] = [
    {
      key: "fund",
      head: t("picker.fund"),
      kind: "name",
      cell: (r) => (
        <a href={hrefOf("/pace", { fund: r.fund })}>{lang === "zh" ? r.name_zh : capital(r.name_en)}</a>
      ),
      raw: (r) => r.name_zh,
    },
    {
      key: "settled",
      head: t("view.spent"),
      numeric: true,
      kind: "main",
      cell: (r) => f(r, "settled_expense", r.settled),
      raw: (r) => r.settled,
    },
    {
      key: "change",
      head: t("col.change"),
      numeric: true,
      kind: "pair",
      cell: (r) => signed(r.settled_change_pct, "pct"),
      raw: (r) => r.settled_change_pct,
    },
    {
      key: "progress",
      head: t("view.ofBudget"),
      numeric: true,
      cell: (r) => f(r, "settled_progress", r.progress),
      raw: (r) => r.progress,
    },
    {
      key: "bullet",
      head: "",
      kind: "bar",
      cell: (r) =>
        r.budget !== null ? (
          <Bullet
            name={r.name_zh}
            progress={r.progress}
            pace={r.pace}
            budget={r.budget}
            time={data.year.share}
            {...outlookShares(r)}
            ahead={flags(r).lead}
            over={flags(r).over}
          />
        ) : (
          <span class="quiet">{r.settled === null ? t("view.notSettled") : t("view.noBudget")}</span>
        ),
    },
    {
      key: "lead",
      head: t("view.leadPoints"),
      numeric: true,
      cell: (r) => (
        <span class={flags(r).lead ? "watch strong" : undefined}>
          {flags(r).lead && "▲ "}
          {signed(r.lead, "points")}
        </span>
      ),
      raw: (r) => r.lead,
    },
    {
      key: "projected",
      head: t("view.outlookYear"),
      numeric: true,
      cell: (r) => (
        <span class={flags(r).over ? "watch strong" : undefined}>
          {flags(r).over && "▲ "}
          {show(r.outlook?.projected, "wan0")}
        </span>
      ),
      raw: (r) => r.outlook?.projected,
      hideOnPhone: true,
    },
    {
      key: "income",
      head: t("view.income"),
      numeric: true,
      cell: (r) => f(r, "income", r.income),
      raw: (r) => r.income,
      hideOnPhone: true,
    },
    {
      key: "balance",
      head: t("view.balance"),
      numeric: true,
      cell: (r) => f(r, "balance_cumulative", r.balance_cumulative),
      raw: (r) => r.balance_cumulative,
    },
    {
      key: "months",
      head: t("view.payableMonths"),
      numeric: true,
      cell: (r) => f(r, "months_payable", r.months_payable),
      raw: (r) => r.months_payable,
    },
  ];
  return (
    <Panel
      title={t("view.otherFunds")}
      small={`${t("unit.wan")}，${dayText(data.year.from ?? `${data.period.slice(0, 4)}-01-01`, lang)}${lang === "zh" ? "至 " : " to "}${dayText(data.year.day, lang)}`}
      keys={
        <>
          <li>
            <KeyBar />
            {t("view.spentOfBudget")}
          </li>
          <li>
            <KeyTick />
            {t("view.lastPace")}
          </li>
          <li>
            <KeyTime />
            {t("view.timeShare")}
          </li>
          <li>
            <KeyOutlook />
            {t("view.outlookRange")}
          </li>
        </>
      }
      sheet={() => sheetOf(t("view.otherFunds"), columns, funds)}
      figures={() =>
        funds.flatMap((r) =>
          ["settled_expense", "settled_progress", "income", "balance_cumulative", "months_payable"].map((i) =>
            fundFigure(r, data.period, i, null),
          ),
        )
      }
    >
      <div class="scroll">
        <DataTable label={t("view.otherFunds")} columns={columns} rows={funds} rowKey={(r) => r.fund} />
      </div>
    </Panel>
  );
}

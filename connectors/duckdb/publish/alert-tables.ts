import { type Alert, alertId } from "../../../aggregations/alerts/machine.js";
import { dayText, type ZoneCalendar } from "../../../aggregations/calendar.js";
import type { FundOutlook } from "../../../aggregations/outlook/outlook.js";
import { type Rational, roundHalfUp } from "../../../aggregations/rational.js";
import { ALERT, ALERT_CHANNEL, ALERT_EVENT, FUND_OUTLOOK } from "../../../schemas/published/alerts.js";
import type { EpochMs } from "../../../schemas/units.js";
import type { AlertRows } from "../../ports/alerts.js";
import { columnsOf, localTime, mapText, type Replacement } from "./stage.js";

/** How long cleared alerts stay in `alert`. */
const CLEARED_MS = 90 * 86_400_000;

/** Tables `alert`, `alert_event` and `alert_channel` as they shall be. */
export function alertTables(rows: AlertRows, calendar: ZoneCalendar, now: EpochMs): Replacement[] {
  const time = (at: EpochMs | null): string | null => localTime(calendar, at);
  const shown = rows.alerts.filter(
    (s) => s.state !== "quiet" && (s.clearedAt === null || s.clearedAt > now - CLEARED_MS),
  );
  return [
    {
      table: ALERT,
      columns: columnsOf(shown, [
        alertId,
        (s) => s.rule,
        (s) => s.facts.severity,
        (s) => s.state,
        (s) => s.facts.indicator,
        (s) => s.facts.indicator_zh,
        (s) => s.facts.unit,
        (s) => s.facts.period,
        (s) => s.facts.insurance,
        (s) => s.facts.grouping,
        (s) => mapText(s.facts.dimensions),
        (s) => s.facts.dimensions.fund ?? null,
        (s) => s.facts.dimensions.facility ?? null,
        (s: Alert) => s.facts.name,
        (s) => s.facts.subject_zh,
        (s) => s.facts.test,
        (s) => s.facts.value,
        (s) => s.facts.measured,
        (s) => s.facts.threshold,
        (s) => s.facts.finding,
        (s) => s.facts.finding_en,
        (s) => time(s.openedAt),
        (s) => s.openedVersion,
        (s) => time(s.acknowledgedAt),
        (s) => s.acknowledgedBy,
        (s) => s.note,
        (s) => time(s.clearedAt),
        (s) => s.clearedVersion,
      ]),
    },
    ...(rows.events === undefined
      ? []
      : [
          {
            table: ALERT_EVENT,
            columns: columnsOf(rows.events, [
              (e) => e.seq,
              (e) => e.event.alert,
              (e) => e.event.rule,
              (e) => e.event.severity,
              (e) => e.event.event,
              (e) => time(e.event.at),
              (e) => e.event.version,
              (e) => e.event.by,
              (e) => e.event.note,
              (e) => e.event.value,
              (e) => e.event.finding,
            ]),
          },
        ]),
    {
      table: ALERT_CHANNEL,
      columns: columnsOf(rows.channels, [
        (c) => c.channel,
        (c) => c.kind,
        (c) => c.waiting,
        (c) => c.sent,
        (c) => time(c.lastSentAt),
        (c) => time(c.failingSince),
        (c) => c.lastError,
      ]),
    },
  ];
}

const METHOD_ZH = {
  earlier_years: (years: readonly number[]) =>
    `预测 = 年初以来结算支出 ÷ 往年同日已支出占全年之比（${years.join("、")} 年平均）`,
  straight_line: () => "预测 = 年初以来结算支出 ÷ 全年已过天数之比（不足一个完整上年，直线外推）",
} as const;

/** Table `fund_outlook`. */
export function outlookTable(rows: readonly FundOutlook[]): Replacement {
  const yuan = (fen: Rational): string => roundHalfUp({ n: fen.n, d: fen.d * 100n }, 2);
  const whole = (fen: bigint): string => yuan({ n: fen, d: 1n });
  return {
    table: FUND_OUTLOOK,
    columns: columnsOf(rows, [
      (o) => dayText(o.asOf),
      (o) => o.fund,
      (o) => o.insurance,
      (o) => whole(o.spent),
      (o) => (o.budget === null ? null : whole(o.budget)),
      (o) => roundHalfUp(o.pace, 6),
      (o) => yuan(o.projected),
      (o) => yuan(o.low),
      (o) => yuan(o.high),
      (o) => (o.exhaustedOn === null ? null : dayText(o.exhaustedOn)),
      (o) => o.method,
      (o) => (o.years.length === 0 ? null : o.years.join(",")),
      (o) => METHOD_ZH[o.method](o.years),
    ]),
  };
}

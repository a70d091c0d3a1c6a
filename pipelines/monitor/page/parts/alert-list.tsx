import { dayText } from "../format/date.js";
import { type Key, type Lang, useText } from "../text/text.js";
import { Severity } from "./glyph.js";

/** A row of the published table `alert`. */
export interface AlertRow {
  readonly id: string;
  readonly rule: string;
  readonly severity: "info" | "warning" | "critical";
  readonly state: "open" | "acknowledged" | "cleared";
  readonly indicator?: string | null;
  readonly unit?: string | null;
  readonly period?: string | null;
  readonly insurance?: string | null;
  readonly grouping?: string | null;
  readonly dimensions?: Readonly<Record<string, string>> | null;
  readonly fund?: string | null;
  readonly facility?: string | null;
  readonly facility_name?: string | null;
  readonly subject_zh?: string | null;
  readonly test?: string | null;
  readonly value?: string | null;
  readonly measured?: string | null;
  readonly threshold?: string | null;
  readonly finding?: string | null;
  readonly finding_en?: string | null;
  readonly opened_at?: string | null;
  readonly acknowledged_at?: string | null;
  readonly acknowledged_by?: string | null;
  readonly note?: string | null;
  readonly cleared_at?: string | null;
}

/** The rule's name and what it found. */
export const alertWords = (a: AlertRow, lang: Lang): [string, string] => [
  a.rule,
  (lang === "zh" ? a.finding : (a.finding_en ?? a.finding)) ?? "",
];

/** Alerts as a list: shape and word of the severity, what, why, since when. */
export function AlertList({ alerts, most = 50 }: { alerts: readonly AlertRow[]; most?: number }) {
  const { t, lang } = useText();
  if (alerts.length === 0) return <p class="quiet">{t("alerts.none")}</p>;
  return (
    <>
      <ul class="alerts">
        {alerts.slice(0, most).map((a) => {
          const [title, more] = alertWords(a, lang);
          return (
            <li key={a.id} data-alert={a.id}>
              <Severity of={a.severity} />
              <div>
                <b>
                  <span class="sr">{t(`severity.${a.severity}` as Key)} </span>
                  {title}
                </b>
                {more && <p>{more}</p>}
                {a.opened_at && (
                  <small>{t("alerts.since", { day: dayText(String(a.opened_at), lang) })}</small>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {alerts.length > most && <p class="aside">{t("explain.more", { n: alerts.length - most })}</p>}
    </>
  );
}

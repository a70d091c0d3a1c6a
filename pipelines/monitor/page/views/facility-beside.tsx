import { indicatorName } from "../data/catalogue.js";
import type { Figure } from "../data/types.js";
import { dayText } from "../format/date.js";
import { type Amount, place, show } from "../format/number.js";
import { AlertList } from "../parts/alert-list.js";
import { Fig } from "../parts/figure.js";
import { said } from "../parts/records.js";
import { useText } from "../text/text.js";
import type { FacilityData } from "./facility-data.js";
export const amount = (v: Figure | string | null | undefined): Amount =>
  typeof v === "object" && v !== null ? v.value : v;
export function Beside({ data }: { data: FacilityData }) {
  const { t, lang } = useText();
  const dip = data.dip;
  const days = data.reporting?.by_day ?? [];
  return (
    <div class="c4 column">
      <section class="panel">
        <header>
          <h2>
            {t("nav.dip")}
            <small>{t("unit.wan")}</small>
          </h2>
        </header>
        {dip ? (
          <dl class="facts">
            {[
              ["ffs_amount", t("dip.ffs"), `${show(amount(dip.dip_cases), "count")} ${t("unit.case")}`],
              [
                "dip_amount",
                t("dip.dip"),
                `${indicatorName("dip_prepay_rate", lang)} ${show(amount(dip.dip_prepay_rate), "pct")}`,
              ],
              ["dip_difference", t("dip.difference"), t("dip.differenceWhy")],
            ].map(([key, name, note]) => (
              <div key={key}>
                <dt>{name}</dt>
                <dd>
                  {typeof dip[key] === "object" ? (
                    <Fig of={dip[key] as Figure} shape="wan" plus={key === "dip_difference"} />
                  ) : (
                    show(amount(dip[key]), "wan", key === "dip_difference")
                  )}
                </dd>
                <dd class="note">{note}</dd>
              </div>
            ))}
          </dl>
        ) : (
          <p class="quiet">{t("dip.none")}</p>
        )}
      </section>
      <section class="panel">
        <header>
          <h2>{t("facility.reporting")}</h2>
        </header>
        <dl class="facts">
          {data.reporting && (
            <>
              <div>
                <dt>{t("facility.latest")}</dt>
                <dd>{data.reporting.latest ? data.reporting.latest.slice(5, 16).replace("T", " ") : "—"}</dd>
                <dd
                  class={`note${data.reporting.standing === "lagging" || data.reporting.standing === "gone" ? " watch" : ""}`}
                >
                  {said(t, "standing", data.reporting.standing)}
                </dd>
              </div>
              <div>
                <dt>{t("facility.gap")}</dt>
                <dd>
                  {t("age.days", {
                    n: show(data.reporting.days === null ? null : String(data.reporting.days), "one"),
                  })}
                </dd>
                <dd class="note">
                  {t("facility.usualGap", {
                    n: show(
                      data.reporting.usual_days === null ? null : String(data.reporting.usual_days),
                      "one",
                    ),
                  })}
                </dd>
              </div>
            </>
          )}
          <div>
            <dt>{t("facility.orphans")}</dt>
            <dd>{t("trust.records", { n: data.refunds?.orphans ?? 0 })}</dd>
            <dd class="note">{t("facility.orphansWhy")}</dd>
          </div>
        </dl>
        {days.length > 1 && (
          <div class="daystrip">
            <svg width="100%" height="1.125rem" role="img" aria-label={t("facility.dayStrip")}>
              {days.map((d, i) => {
                const has = (place(d.visits) ?? 0) !== 0;
                return (
                  <rect
                    key={d.day}
                    x={`${(i / days.length) * 100}%`}
                    width={`${(100 / days.length) * 0.78}%`}
                    height="100%"
                    fill={has ? "var(--neutral-bar)" : "none"}
                    stroke={has ? "none" : "var(--line-strong)"}
                  >
                    <title>
                      {d.day} {show(d.visits, "count")}
                    </title>
                  </rect>
                );
              })}
            </svg>
            <p class="axis-row ends">
              <span>{dayText(days[0].day, lang)}</span>
              <span>{t("facility.dayStrip")}</span>
              <span>{dayText(days[days.length - 1].day, lang)}</span>
            </p>
          </div>
        )}
      </section>
      <section class="panel">
        <header>
          <h2>{t("alerts.openTitle")}</h2>
        </header>
        <AlertList alerts={data.alerts} most={5} />
      </section>
    </div>
  );
}

import { useEffect, useState } from "preact/hooks";
import { session } from "../data/catalogue.js";
import { connection, heardAt, trust } from "../data/live.js";
import { clockText, dayText, instantText } from "../format/date.js";
import { place, show } from "../format/number.js";
import { Critical, Info, Ok, Part, Watch } from "../parts/glyph.js";
import { useStore } from "../state/store.js";
import { hrefOf } from "../state/url.js";
import { type Translate, useText } from "../text/text.js";

function ageText(seconds: number, t: Translate): string {
  if (seconds < 120) return t("age.seconds", { n: Math.round(seconds) });
  if (seconds < 7200) return t("age.minutes", { n: Math.round(seconds / 60) });
  if (seconds < 172_800) return t("age.hours", { n: Math.round(seconds / 3600) });
  return t("age.days", { n: Math.round(seconds / 86_400) });
}

/** One quiet line: fresh until when, how complete, whether the books balance, when verified. */
export function TrustLine({ frame }: { frame?: string }) {
  const { t, lang } = useText();
  const is = useStore(trust);
  const link = useStore(connection);
  const who = useStore(session);
  const heard = useStore(heardAt);
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  if (!is) return <div class="trust" />;
  const n = (v: number): string => show(String(v), "count");
  const limit = who?.stale_seconds ?? 300;
  const age = (is.age_seconds ?? 0) + Math.max(0, now - heard) / 1000;
  const stale = age > limit;
  const quality = hrefOf("/quality");
  return (
    <>
      <section class="trust" aria-label={t("trust.title")}>
        <ul>
          <li class="only-wall who">
            {who?.jurisdiction.name}
            {t("product")}
            {frame && <span class="frame">{frame}</span>}
          </li>
          <li>
            <span>
              {t("trust.until")}{" "}
              <b>
                {dayText(is.watermark, lang)} {clockText(is.watermark)}
              </b>
            </span>
          </li>
          <li>{t("trust.published", { time: clockText(is.published_at) })}</li>
          <li data-version={is.version}>{t("trust.version", { version: String(is.version) })}</li>
          {link === "lost" && (
            <li role="status">
              <Watch />
              <b class="watch">{t("trust.lost")}</b>
            </li>
          )}
        </ul>
        <ul>
          {is.complete.share !== null && (
            <li
              title={t("trust.completeWhy", {
                expected: is.complete.expected ?? "—",
                reached: is.complete.reached ?? "—",
              })}
            >
              <a href={quality}>
                <Part share={place(is.complete.share) ?? 0} />
                <span>
                  {t("trust.complete")} <b>{show(is.complete.share, "pct")}</b>
                  {is.complete.expected !== null &&
                    t("trust.completeOf", {
                      reached: is.complete.reached ?? "—",
                      expected: is.complete.expected,
                    })}
                </span>
              </a>
            </li>
          )}
          <li
            title={t("trust.balanceWhy", {
              received: n(is.balance.received),
              applied: n(is.balance.applied),
              duplicate: n(is.balance.duplicate),
              held: n(is.balance.held),
              quarantined: n(is.balance.quarantined),
            })}
          >
            <a href={quality}>
              {is.balance.balanced ? <Ok /> : <Critical />}
              <span>
                {t("trust.balance")}{" "}
                <b class={is.balance.balanced ? undefined : "critical"}>
                  {t(is.balance.balanced ? "trust.balanced" : "trust.unbalanced")}
                </b>
              </span>
            </a>
          </li>
          <li>
            <a href={quality}>
              {is.verified === null ? <Info /> : is.verified.differences === 0 ? <Ok /> : <Critical />}
              <span>
                {t("trust.verify")}{" "}
                <b class={is.verified && is.verified.differences > 0 ? "critical" : undefined}>
                  {is.verified === null
                    ? t("trust.never")
                    : is.verified.differences === 0
                      ? t("trust.agrees")
                      : t("trust.differs", { n: is.verified.differences })}
                </b>
                {is.verified && ` ${clockText(is.verified.at)}`}
              </span>
            </a>
          </li>
          <li>
            <a href={quality}>
              {is.quarantine.waiting > 0 ? <Info /> : <Ok />}
              <span>
                {t("trust.quarantine")} <b>{t("trust.records", { n: n(is.quarantine.waiting) })}</b>
              </span>
            </a>
          </li>
        </ul>
      </section>
      {stale && (
        <p class="banner" role="status">
          <Watch />
          <b>{t("stale.title")}</b>
          <span>
            {t("stale.text", {
              age: ageText(age, t),
              limit: ageText(limit, t),
              time: instantText(is.published_at),
            })}
          </span>
        </p>
      )}
    </>
  );
}

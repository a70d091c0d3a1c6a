import type { Envelope, Finding as Said, Trust } from "../data/types.js";
import { instantText } from "../format/date.js";
import { place, show } from "../format/number.js";
import { Finding } from "../parts/finding.js";
import { Critical, Info, Ok, Part } from "../parts/glyph.js";
import { Records, type Row, said } from "../parts/records.js";
import { Loaded } from "../parts/states.js";
import { hrefOf } from "../state/url.js";
import { useText } from "../text/text.js";
import { useView } from "./use-view.js";

interface QualityData extends Envelope {
  readonly finding: Said;
  readonly trust: Trust;
  readonly sources: readonly Row[];
  readonly facilities: readonly Row[];
  readonly quarantine: readonly Row[];
  readonly warnings: readonly Row[];
  readonly orphan_refunds: {
    readonly count: number | string;
    readonly fee: string | null;
    readonly rows: readonly Row[];
  };
  readonly unmapped: readonly Row[];
  readonly verified: Row | null;
}

function Standing({ data }: { data: QualityData }) {
  const { t } = useText();
  const b = data.trust.balance;
  const n = (v: number): string => show(String(v), "count");
  const verified = data.trust.verified;
  return (
    <section class="panel c12">
      <div class="tiles">
        <div class="tile">
          <p class="name">{t("trust.complete")}</p>
          <p class="fig strong row">
            <Part share={place(data.trust.complete.share) ?? 0} />
            {show(data.trust.complete.share, "pct")}
          </p>
          <p class="beneath">
            {t("trust.completeOf", {
              reached: data.trust.complete.reached ?? "—",
              expected: data.trust.complete.expected ?? "—",
            })}
          </p>
        </div>
        <div class="tile">
          <p class="name">{t("trust.balance")}</p>
          <p class="fig strong row">
            {b.balanced ? <Ok /> : <Critical />}
            {t(b.balanced ? "trust.balanced" : "trust.unbalanced")}
          </p>
          <p class="beneath wrap">
            {t("trust.balanceWhy", {
              received: n(b.received),
              applied: n(b.applied),
              duplicate: n(b.duplicate),
              held: n(b.held),
              quarantined: n(b.quarantined),
            })}
          </p>
        </div>
        <div class="tile">
          <p class="name">{t("trust.verify")}</p>
          <p class="fig strong row">
            {verified === null ? <Info /> : verified.differences === 0 ? <Ok /> : <Critical />}
            {verified === null
              ? t("trust.never")
              : verified.differences === 0
                ? t("trust.agrees")
                : t("trust.differs", { n: verified.differences })}
          </p>
          <p class="beneath">
            {verified
              ? `${instantText(verified.at)} · ${t("quality.figures", { n: n(verified.figures) })}`
              : t("quality.verifyHow")}
          </p>
        </div>
        <div class="tile">
          <p class="name">{t("trust.quarantine")}</p>
          <p class="fig strong">{t("trust.records", { n: n(data.trust.quarantine.waiting) })}</p>
          <p class="beneath">
            {data.trust.quarantine.oldest
              ? t("quality.oldest", { time: instantText(data.trust.quarantine.oldest) })
              : ""}
          </p>
        </div>
      </div>
    </section>
  );
}

/** 数据质量: may the figures be trusted, and what has to be done so that they may. */
export function Quality(_: { code?: string }) {
  const { t } = useText();
  const answer = useView<QualityData>("quality");
  return (
    <Loaded answer={answer}>
      {(data) => (
        <>
          <Finding of={data.finding} />
          <div class="grid">
            <Standing data={data} />
            <Records
              title={t("quality.quarantine")}
              rows={data.quarantine}
              none={t("quality.noQuarantine")}
              span="c6"
              sql={
                "SELECT reason, stream, count(*) AS records, min(first_seen) AS oldest\nFROM quality_quarantine WHERE status = 'waiting'\nGROUP BY ALL ORDER BY records DESC;"
              }
              columns={[
                {
                  key: "reason",
                  head: t("quality.reason"),
                  name: true,
                  say: (r) => said(t, "reason", r.reason),
                },
                { key: "stream", head: t("quality.stream"), hideOnPhone: true },
                { key: "count", head: t("quality.records"), as: "count", main: true },
                { key: "over_a_day", head: t("quality.overADay"), as: "count" },
                { key: "oldest", head: t("quality.oldestHead"), as: "time" },
              ]}
            />
            <Records
              title={t("quality.warnings")}
              rows={data.warnings}
              none={t("quality.noWarnings")}
              span="c6"
              sql={"FROM quality_warning;"}
              columns={[
                {
                  key: "warning",
                  head: t("quality.warning"),
                  name: true,
                  say: (r) => said(t, "reason", r.warning),
                },
                { key: "count", head: t("quality.records"), as: "count", main: true },
              ]}
            />
            <Records
              title={t("quality.facilities")}
              rows={data.facilities}
              none={t("quality.noFacilities")}
              sql={"FROM quality_facility ORDER BY latest;"}
              columns={[
                {
                  key: "facility_name",
                  head: t("by.facility"),
                  name: true,
                  say: (r) => (
                    <a href={hrefOf(`/facilities/${encodeURIComponent(String(r.facility))}`)}>
                      {String(r.facility_name ?? r.name ?? r.facility)}
                    </a>
                  ),
                },
                {
                  key: "standing",
                  head: t("quality.standing"),
                  main: true,
                  say: (r) => said(t, "standing", r.standing),
                },
                { key: "latest", head: t("facility.latest"), as: "time" },
                { key: "days", head: t("quality.silentDays"), as: "count" },
                { key: "usual_days", head: t("quality.usualDays"), as: "one" },
                { key: "visits_this_month", head: t("quality.thisMonth"), as: "count", hideOnPhone: true },
                { key: "visits_last_month", head: t("quality.lastMonth"), as: "count", hideOnPhone: true },
              ]}
            />
            <Records
              title={t("quality.unmapped")}
              small={t("quality.unmappedSmall")}
              rows={data.unmapped}
              none={t("quality.noUnmapped")}
              span="c6"
              sql={"FROM quality_unmapped ORDER BY fee DESC;"}
              columns={[
                {
                  key: "kind",
                  head: t("quality.what"),
                  name: true,
                  say: (r) => `${said(t, "unmapped", r.kind ?? r.field)} ${String(r.code ?? r.value ?? "")}`,
                },
                { key: "records", head: t("quality.records"), as: "count", main: true },
                { key: "fee", head: `${t("quality.fee")}，${t("unit.wan")}`, as: "wan" },
              ]}
            />
            <Records
              title={t("quality.orphans")}
              small={t("quality.orphansSmall", {
                n: show(String(data.orphan_refunds.count), "count"),
                fee: show(data.orphan_refunds.fee, "wan"),
              })}
              rows={data.orphan_refunds.rows}
              of={Number(data.orphan_refunds.count)}
              none={t("quality.noOrphans")}
              span="c6"
              sql={"FROM quality_orphan_refund;"}
              columns={[
                { key: "setl_id", head: t("quality.refund"), name: true },
                { key: "init_setl_id", head: t("quality.original") },
                { key: "setl_time", head: t("quality.time"), as: "time" },
                { key: "fee", head: `${t("quality.fee")}，${t("unit.wan")}`, as: "wan" },
              ]}
            />
            <Records
              title={t("quality.sources")}
              small={t("quality.sourcesSmall")}
              rows={data.sources}
              none={t("quality.noSources")}
              sql={"FROM quality_balance ORDER BY source, partition;"}
              columns={[
                { key: "partition", head: t("quality.partition"), name: true },
                { key: "received", head: t("quality.received"), as: "count", main: true },
                { key: "applied", head: t("quality.applied"), as: "count" },
                { key: "duplicate", head: t("quality.duplicate"), as: "count" },
                { key: "held", head: t("quality.held"), as: "count" },
                { key: "quarantined", head: t("quality.quarantined"), as: "count" },
              ]}
            />
          </div>
        </>
      )}
    </Loaded>
  );
}

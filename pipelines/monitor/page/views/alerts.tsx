import { useState } from "preact/hooks";
import { indicatorInfo, session } from "../data/catalogue.js";
import { ApiError, post } from "../data/client.js";
import type { Envelope, Finding as Said } from "../data/types.js";
import { instantText } from "../format/date.js";
import { show } from "../format/number.js";
import { type AlertRow, alertWords } from "../parts/alert-list.js";
import { Fig } from "../parts/figure.js";
import { Finding } from "../parts/finding.js";
import { Severity } from "../parts/glyph.js";
import { Panel } from "../parts/panel.js";
import { Records, type Row } from "../parts/records.js";
import { Loaded } from "../parts/states.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { useStore } from "../state/store.js";
import { hrefOf, usePlace } from "../state/url.js";
import { type Key, useText } from "../text/text.js";
import { useView } from "./use-view.js";

interface AlertsData extends Envelope {
  readonly finding: Said;
  readonly alerts: readonly AlertRow[];
  readonly events: readonly Row[];
  readonly events_total: number;
  readonly channels?: readonly Row[];
  readonly available: boolean;
}

/** A note, and the alert is somebody's. The next version shows it as acknowledged. */
function Acknowledge({ alert }: { alert: AlertRow }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const [said, setSaid] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (said) return <span role="status">{said}</span>;
  if (!open)
    return (
      <button type="button" class="more nowrap" onClick={() => setOpen(true)}>
        {t("alerts.acknowledge")}
      </button>
    );
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await post(`alerts/${encodeURIComponent(alert.id)}/acknowledge`, { note });
      setSaid(t("alerts.acknowledged"));
    } catch (error) {
      setSaid(
        error instanceof ApiError
          ? [error.problem.detail ?? error.problem.title, error.problem.action].filter(Boolean).join(" ")
          : String(error),
      );
    }
    setBusy(false);
  };
  return (
    <form class="row" onSubmit={send}>
      <input
        class="field"
        aria-label={t("alerts.note")}
        placeholder={t("alerts.note")}
        value={note}
        maxLength={500}
        onInput={(e) => setNote(e.currentTarget.value)}
      />
      <button type="submit" class="button main" disabled={busy}>
        {t("alerts.acknowledge")}
      </button>
    </form>
  );
}

function Subject({ of }: { of: AlertRow }) {
  if (of.facility)
    return (
      <a href={hrefOf(`/facilities/${encodeURIComponent(of.facility)}`)}>{of.facility_name ?? of.facility}</a>
    );
  if (of.fund) return <a href={hrefOf("/pace", { fund: of.fund })}>{of.subject_zh ?? of.fund}</a>;
  return <>{of.subject_zh ?? "—"}</>;
}

/** 预警: what a rule found, since when, who has it. */
export function Alerts(_: { code?: string }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const who = useStore(session);
  const answer = useView<AlertsData>("alerts");
  const wall = params.wall === "1";
  const columns: Column<AlertRow>[] = [
    {
      key: "severity",
      head: t("alerts.severity"),
      cell: (a) => (
        <span class="level">
          <Severity of={a.severity} />
          {t(`severity.${a.severity}` as Key)}
        </span>
      ),
      raw: (a) => a.severity,
    },
    {
      key: "what",
      head: t("alerts.what"),
      kind: "name",
      cell: (a) => (
        <span class="wrap">
          <b class="strong">{alertWords(a, lang)[0]}</b>
          <span class="sub">{alertWords(a, lang)[1]}</span>
        </span>
      ),
      raw: (a) => alertWords(a, lang).join("："),
    },
    { key: "subject", head: t("alerts.subject"), cell: (a) => <Subject of={a} />, raw: (a) => a.subject_zh },
    {
      key: "value",
      head: t("ask.value"),
      numeric: true,
      cell: (a) =>
        // What a watch looks at is no published figure: there is nothing to explain.
        a.period && a.indicator && indicatorInfo(a.indicator) ? (
          <Fig
            of={{
              indicator: a.indicator,
              period: a.period,
              insurance: a.insurance ?? "all",
              grouping: a.grouping ?? undefined,
              dimensions: a.dimensions ?? {},
              facility_name: a.facility_name,
              value: a.value,
            }}
            unit
          />
        ) : (
          show(a.value, a.unit === "fraction" ? "pct2" : "one")
        ),
      raw: (a) => a.value,
    },
    {
      key: "opened",
      head: t("alerts.opened"),
      cell: (a) => <span class="nowrap">{instantText(a.opened_at)}</span>,
      raw: (a) => a.opened_at,
    },
    {
      key: "state",
      head: t("ask.state"),
      cell: (a) =>
        a.state === "acknowledged" ? (
          <>
            {t("alerts.by", { who: a.acknowledged_by ?? "" })}
            {a.note && <span class="sub">{a.note}</span>}
          </>
        ) : a.state === "cleared" ? (
          t("alerts.clearedAt", { time: instantText(a.cleared_at) })
        ) : who?.may.acknowledge ? (
          <Acknowledge alert={a} />
        ) : (
          t("alerts.state.open")
        ),
      raw: (a) => a.state,
    },
  ];
  const list = (title: string, rows: readonly AlertRow[], none: string) => (
    <Panel
      title={title}
      small={t("trust.records", { n: rows.length })}
      className="long"
      sheet={() => sheetOf(title, columns, rows)}
      sql={() => "FROM alert ORDER BY opened_at DESC;"}
    >
      {rows.length === 0 ? (
        <p class="quiet">{none}</p>
      ) : (
        <div class="scroll">
          <DataTable label={title} columns={columns} rows={rows} rowKey={(a) => a.id} />
        </div>
      )}
    </Panel>
  );
  return (
    <Loaded answer={answer}>
      {(data) => (
        <>
          <Finding of={data.finding} />
          <div class="grid">
            {list(
              t("alerts.openTitle"),
              data.alerts.filter((a) => a.state === "open"),
              t("alerts.none"),
            )}
            {!wall &&
              list(
                t("alerts.acknowledgedTitle"),
                data.alerts.filter((a) => a.state === "acknowledged"),
                t("alerts.noAcknowledged"),
              )}
            {!wall &&
              list(
                t("alerts.clearedTitle"),
                data.alerts.filter((a) => a.state === "cleared"),
                t("alerts.noCleared"),
              )}
            {!wall && data.channels && data.channels.length > 0 && (
              <Records
                title={t("alerts.channels")}
                rows={data.channels}
                none=""
                sql="FROM alert_channel;"
                columns={[
                  { key: "channel", head: t("alerts.channel"), name: true },
                  { key: "kind", head: t("by.kind") },
                  { key: "sent", head: t("alerts.sent"), as: "count", main: true },
                  { key: "waiting", head: t("alerts.waiting"), as: "count" },
                  { key: "failing_since", head: t("alerts.failing"), as: "time" },
                  { key: "last_error", head: t("alerts.lastError") },
                ]}
              />
            )}
            {!wall && (
              <Records
                title={t("alerts.history")}
                rows={data.events}
                of={data.events_total}
                none={t("alerts.noHistory")}
                sql="FROM alert_event ORDER BY seq DESC;"
                columns={[
                  { key: "rule", head: t("alerts.what"), name: true },
                  {
                    key: "event",
                    head: t("alerts.event"),
                    main: true,
                    say: (r) => t(`alerts.event.${String(r.event)}` as Key),
                  },
                  { key: "at", head: t("quality.time"), as: "time" },
                  { key: "by", head: t("alerts.who") },
                  {
                    key: "finding",
                    head: t("alerts.found"),
                    hideOnPhone: true,
                    say: (r) => <span class="wrap">{String(r.finding ?? "")}</span>,
                  },
                ]}
              />
            )}
          </div>
        </>
      )}
    </Loaded>
  );
}

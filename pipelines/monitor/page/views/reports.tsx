import type { Envelope, Finding as Said } from "../data/types.js";
import { instantText, periodText } from "../format/date.js";
import { Finding } from "../parts/finding.js";
import { Panel } from "../parts/panel.js";
import { Loaded } from "../parts/states.js";
import { type Column, DataTable, sheetOf } from "../parts/table.js";
import { useText } from "../text/text.js";
import { useView } from "./use-view.js";

interface ReportFile {
  readonly path: string;
  readonly name: string;
  readonly period: string | null;
  readonly template: string | null;
  readonly format: string;
  readonly bytes: number;
  readonly written_at: string;
}
interface ReportsData extends Envelope {
  readonly finding?: Said;
  readonly reports: readonly ReportFile[];
}

const address = (r: ReportFile): string =>
  `/api/v1/reports/${r.path.split("/").map(encodeURIComponent).join("/")}`;
const size = (bytes: number): string =>
  bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${Math.round(bytes / 1024 / 1024)} MB`;

interface Listed {
  readonly label: string;
  readonly columns: readonly Column<ReportFile>[];
  readonly rows: readonly ReportFile[];
}

function Files({ label, columns, rows }: Listed) {
  if (rows.length === 0) return null;
  return (
    <div class="scroll">
      <DataTable label={label} columns={columns} rows={rows} rowKey={(r) => r.path} />
    </div>
  );
}

/** A table a file: there are half a hundred of them, and who opens the page looks for the report. */
function Tables(of: Listed) {
  const { t } = useText();
  if (of.rows.length === 0) return null;
  return (
    <details class="missing">
      <summary>{t("reports.tables", { n: of.rows.length })}</summary>
      <Files {...of} />
    </details>
  );
}

/** 报告: what `report` and `nightly` wrote, to read and to download. */
export function Reports(_: { code?: string }) {
  const { t, lang } = useText();
  const answer = useView<ReportsData>("reports");
  const readable = (r: ReportFile): boolean => ["html", "md", "pdf", "txt"].includes(r.format);
  const columns: Column<ReportFile>[] = [
    {
      key: "name",
      head: t("reports.name"),
      kind: "name",
      cell: (r) => (
        <a
          href={address(r)}
          target={readable(r) ? "_blank" : undefined}
          rel="noreferrer"
          download={readable(r) ? undefined : r.name}
        >
          {r.name}
        </a>
      ),
      raw: (r) => r.name,
    },
    {
      key: "period",
      head: t("picker.period"),
      cell: (r) => (r.period ? periodText(r.period, lang) : "—"),
      raw: (r) => r.period,
    },
    { key: "format", head: t("reports.format"), cell: (r) => r.format.toUpperCase(), raw: (r) => r.format },
    { key: "bytes", head: t("reports.size"), numeric: true, cell: (r) => size(r.bytes), raw: (r) => r.bytes },
    {
      key: "written",
      head: t("reports.written"),
      cell: (r) => <span class="nowrap">{instantText(r.written_at)}</span>,
      raw: (r) => r.written_at,
    },
    {
      key: "get",
      head: "",
      cell: (r) => (
        <a class="more" href={address(r)} download={r.name}>
          {t("reports.download")}
        </a>
      ),
    },
  ];
  return (
    <Loaded answer={answer}>
      {(data) => {
        const periods = [...new Set(data.reports.map((r) => r.period ?? ""))].sort().reverse();
        return (
          <>
            {data.finding && <Finding of={data.finding} />}
            {data.reports.length === 0 ? (
              <div class="blank">
                <p>{t("reports.none")}</p>
                <pre class="sql">npx fundpulse report 2024H1</pre>
              </div>
            ) : (
              <div class="grid">
                {periods.map((p) => {
                  const rows = data.reports.filter((r) => (r.period ?? "") === p);
                  const title = p ? periodText(p, lang) : t("reports.other");
                  return (
                    <Panel
                      key={p}
                      title={title}
                      small={t("records.count", { n: rows.length })}
                      sheet={() => sheetOf(title, columns, rows)}
                    >
                      <Files label={title} columns={columns} rows={rows.filter((r) => r.format !== "csv")} />
                      <Tables label={title} columns={columns} rows={rows.filter((r) => r.format === "csv")} />
                    </Panel>
                  );
                })}
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

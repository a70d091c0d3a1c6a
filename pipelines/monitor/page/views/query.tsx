import { useMemo, useState } from "preact/hooks";
import { cellText } from "../../../../connectors/files/cell-text.js";
import { Chart, categoryAxis, css, type Option, px, text, tooltip, valueAxis } from "../charts/echart.js";
import { catalogue, session } from "../data/catalogue.js";
import { ApiError, post, postFile } from "../data/client.js";
import type { Problem } from "../data/types.js";
import { Segments } from "../parts/pickers.js";
import { ProblemBox } from "../parts/states.js";
import { useStore } from "../state/store.js";
import { change, usePlace } from "../state/url.js";
import { useText } from "../text/text.js";

interface Result {
  readonly columns: readonly { readonly name: string; readonly type: string; readonly numeric: boolean }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly truncated: boolean;
  readonly milliseconds: number;
}

const FIRST =
  "SELECT period, visits, avg_fee, reimb_rate\nFROM inpatient\nWHERE period_kind = 'month' AND insurance = 'all' AND grouping = 'care'\nORDER BY period;";
/** Rows drawn on the page; files hold all of them. */
const SHOWN = 500;

function ResultTable({ result }: { result: Result }) {
  const { t } = useText();
  return (
    <div class="scroll">
      <table>
        <caption class="sr">{t("query.result")}</caption>
        <thead>
          <tr>
            {result.columns.map((c) => (
              <th key={c.name} scope="col" class={c.numeric ? "num" : undefined} title={c.type}>
                {c.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {result.rows.slice(0, SHOWN).map((row, i) => (
            <tr key={i}>
              {row.map((v, k) => (
                <td key={result.columns[k].name} class={result.columns[k].numeric ? "num" : "nowrap"}>
                  {v === null ? <span class="quiet">NULL</span> : cellText(v)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {result.rows.length > SHOWN && (
        <p class="aside">{t("query.shown", { n: SHOWN, all: result.rows.length })}</p>
      )}
    </div>
  );
}

function ResultChart({ result }: { result: Result }) {
  const { t } = useText();
  const name = result.columns.findIndex((c) => !c.numeric);
  const numbers = result.columns
    .map((c, i) => (c.numeric ? i : -1))
    .filter((i) => i >= 0)
    .slice(0, 4);
  if (numbers.length === 0 || result.rows.length === 0) return <p class="quiet">{t("query.noChart")}</p>;
  const rows = result.rows.slice(0, 200);
  const fills = ["--now", "--d2", "--ink-2", "--watch-fill"];
  const draw = (chart: Option): void => {
    chart.setOption(
      {
        animation: false,
        textStyle: text(),
        grid: { left: px(70), right: px(16), top: px(12), bottom: px(40) },
        xAxis: categoryAxis({
          data: rows.map((r, i) => (name >= 0 ? cellText(r[name]) : String(i + 1))),
          axisLabel: { hideOverlap: true },
        }),
        yAxis: valueAxis(),
        series: numbers.map((i, k) => ({
          name: result.columns[i].name,
          type: rows.length > 40 ? "line" : "bar",
          data: rows.map((r) => (r[i] === null ? null : Number(r[i]))),
          symbol: "none",
          itemStyle: { color: css(fills[k]) },
          lineStyle: { color: css(fills[k]), width: px(2) },
        })),
        tooltip: tooltip(
          (x) => String(x.axisValue),
          (x) => cellText(rows[x.dataIndex][result.columns.findIndex((c) => c.name === x.seriesName)]),
        ),
      },
      true,
    );
  };
  return (
    <>
      <ul class="key">
        {numbers.map((i, k) => (
          <li key={result.columns[i].name}>
            <svg width="1rem" height="0.625rem" aria-hidden="true">
              <rect width="100%" height="100%" fill={`var(${fills[k]})`} />
            </svg>
            {result.columns[i].name}
          </li>
        ))}
      </ul>
      <Chart height={320} label={t("query.result")} draw={draw} of={[result]} />
    </>
  );
}

function Dictionary({ onPick }: { onPick: (words: string) => void }) {
  const { t } = useText();
  const known = useStore(catalogue);
  const [search, setSearch] = useState("");
  const tables = useMemo(() => {
    const words = search.trim().toLowerCase();
    return (known?.tables ?? []).filter(
      (table) =>
        !words ||
        table.table.toLowerCase().includes(words) ||
        (table.comment ?? "").includes(words) ||
        table.columns.some((c) => c.name.toLowerCase().includes(words) || (c.comment ?? "").includes(words)),
    );
  }, [known, search]);
  return (
    <section class="panel c4">
      <header>
        <h2>{t("query.dictionary")}</h2>
      </header>
      <input
        class="field"
        type="search"
        aria-label={t("query.search")}
        placeholder={t("query.search")}
        value={search}
        onInput={(e) => setSearch(e.currentTarget.value)}
      />
      <div class="dictionary">
        {tables.map((table) => (
          <details key={table.table}>
            <summary>
              <b class="mono">{table.table}</b> <span class="quiet">{table.comment}</span>
            </summary>
            <ul>
              {table.columns.map((c) => (
                <li key={c.name}>
                  <button type="button" class="mono" title={t("query.insert")} onClick={() => onPick(c.name)}>
                    {c.name}
                  </button>{" "}
                  <span class="quiet">
                    {c.type} {c.comment}
                  </span>
                </li>
              ))}
            </ul>
          </details>
        ))}
      </div>
    </section>
  );
}

/** 查询: any question in SQL, on the published file, read only. */
export function Query(_: { code?: string }) {
  const { t } = useText();
  const { params } = usePlace();
  const who = useStore(session);
  const [sql, setSql] = useState(params.sql ?? FIRST);
  const [result, setResult] = useState<Result | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const as = params.as === "chart" ? "chart" : "table";
  const failed = (error: unknown): void =>
    setProblem(error instanceof ApiError ? error.problem : { title: String(error), status: 500 });
  const run = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    change({ sql: sql === FIRST ? null : sql }, "replace");
    try {
      setResult(await post<Result>("query", { sql, format: "json" }));
    } catch (error) {
      failed(error);
    }
    setBusy(false);
  };
  const file = (format: "csv" | "xlsx") =>
    postFile("query", { sql, format }, `query.${format}`).catch(failed);
  if (who && !who.may.query)
    return (
      <div class="blank">
        <p>{t("query.forbidden")}</p>
      </div>
    );
  return (
    <>
      <p class="finding">{t("query.finding")}</p>
      <div class="grid">
        <section class="panel c8">
          <header>
            <h2>
              SQL <small>{t("query.limits")}</small>
            </h2>
          </header>
          <textarea
            class="field mono sql-input"
            aria-label="SQL"
            spellcheck={false}
            rows={8}
            value={sql}
            onInput={(e) => setSql(e.currentTarget.value)}
            onKeyDown={(e) => {
              if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
                e.preventDefault();
                void run();
              }
            }}
          />
          <div class="row">
            <button type="button" class="button main" disabled={busy} onClick={run}>
              {t(busy ? "query.running" : "query.run")}
            </button>
            <button type="button" class="button" onClick={() => file("csv")}>
              CSV
            </button>
            <button type="button" class="button" onClick={() => file("xlsx")}>
              XLSX
            </button>
            <Segments
              small
              label={t("query.as")}
              value={as}
              options={[
                { value: "table", name: t("query.table") },
                { value: "chart", name: t("query.chart") },
              ]}
              onPick={(v) => change({ as: v === "table" ? null : v }, "replace")}
            />
            {result && (
              <span class="quiet" role="status">
                {t("query.took", { n: result.rows.length, ms: result.milliseconds })}
                {result.truncated ? ` ${t("query.truncated")}` : ""}
              </span>
            )}
          </div>
          {problem && <ProblemBox of={problem} />}
          {result && (
            <div class="result">
              {as === "chart" ? <ResultChart result={result} /> : <ResultTable result={result} />}
            </div>
          )}
        </section>
        <Dictionary
          onPick={(words) => setSql((s) => `${s}${s.endsWith("\n") || s === "" ? "" : " "}${words}`)}
        />
      </div>
    </>
  );
}

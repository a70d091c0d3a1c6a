import { useEffect, useRef, useState } from "preact/hooks";
import { indicatorName, session, valueName } from "../data/catalogue.js";
import { apiUrl } from "../data/client.js";
import type { Envelope, Figure } from "../data/types.js";
import { useApi } from "../data/use-api.js";
import { periodText } from "../format/date.js";
import { place, shapeOf, show } from "../format/number.js";
import { type Asked, readAsked, sqlOf } from "../state/asked.js";
import { useStore } from "../state/store.js";
import { change, usePlace } from "../state/url.js";
import type { Key } from "../text/text.js";
import { useText } from "../text/text.js";
import { exactText, scopeText } from "./ask.js";
import { Change, unitKey } from "./figure.js";
import { Mark } from "./mark.js";
import { CopyButton } from "./panel.js";
import { ProblemBox } from "./states.js";

interface Part {
  readonly side: string;
  readonly sign: string | number;
  readonly term: string;
  readonly zh: string;
  readonly unit: string;
  readonly value: string | null;
}
interface Cell {
  readonly period?: string;
  readonly grouping?: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly facility_name?: string | null;
  readonly value: string | null;
  readonly unit?: string;
  readonly terms?: Readonly<Record<string, string>>;
}
interface Explanation extends Envelope {
  readonly figure: Figure | null;
  readonly name_zh: string;
  readonly formula: string;
  readonly unit: string;
  readonly parts: readonly Part[];
  readonly cells: readonly Cell[];
  readonly sql: string | null;
}
interface Settlements extends Envelope {
  readonly records: readonly {
    readonly kind: string;
    readonly count: number;
    readonly columns: readonly string[];
    readonly numeric?: readonly boolean[];
    readonly rows: readonly (readonly unknown[])[];
  }[];
}

const MOST_CELLS = 40;

function Cells({
  cells,
  asked,
  unit,
  total,
}: {
  cells: readonly Cell[];
  asked: Asked;
  unit: string;
  total: number | null;
}) {
  const { t, lang } = useText();
  if (cells.length === 0) return <p class="quiet">{t("explain.noCells")}</p>;
  const sorted = [...cells].sort((a, b) => Math.abs(place(b.value) ?? 0) - Math.abs(place(a.value) ?? 0));
  // What the figure itself says need not be said again by each of its cells.
  const name = (cell: Cell): string =>
    [
      cell.period && cell.period !== asked.period ? periodText(cell.period, lang) : "",
      ...Object.entries(cell.dimensions)
        .filter(([d, v]) => asked.dimensions?.[d] !== v)
        .map(
          ([d, v]) =>
            (d === "facility" ? cell.facility_name : null) ??
            (lang === "zh" ? cell.labels?.[d] : null) ??
            valueName(d, v, lang),
        ),
    ]
      .filter(Boolean)
      .join(" · ");
  return (
    <>
      <table>
        <tbody>
          {sorted.slice(0, MOST_CELLS).map((cell) => (
            <tr key={`${cell.period} ${JSON.stringify(cell.dimensions)}`}>
              <th scope="row" class="wrap">
                {name(cell)}
              </th>
              <td class="num">{show(cell.value, shapeOf(cell.unit ?? unit))}</td>
              <td class="num pair">{total ? show(String((place(cell.value) ?? 0) / total), "pct") : ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > MOST_CELLS && (
        <p class="aside">{t("explain.more", { n: sorted.length - MOST_CELLS })}</p>
      )}
    </>
  );
}

/** Settlements behind a figure, a table a kind of record; each look is logged by the server. */
function Records({ answer }: { answer: Settlements }) {
  const { t } = useText();
  return (
    <>
      <h3>{t("explain.recordsTitle")}</h3>
      {answer.records.map((set) => (
        <div class="scroll" key={set.kind}>
          <table>
            <caption class="sr">{set.kind}</caption>
            <thead>
              <tr>
                {set.columns.map((c) => (
                  <th key={c} scope="col">
                    {c}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {set.rows.map((row) => (
                <tr key={JSON.stringify(row)}>
                  {row.map((v, i) => (
                    <td key={set.columns[i]} class={set.numeric?.[i] ? "num" : "nowrap"}>
                      {v === null ? "" : String(v)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {set.count > set.rows.length && (
            <p class="aside">{t("explain.more", { n: set.count - set.rows.length })}</p>
          )}
        </div>
      ))}
    </>
  );
}

function Body({ asked }: { asked: Asked }) {
  const { t, lang } = useText();
  const who = useStore(session);
  const [records, setRecords] = useState(false);
  const query = {
    period: asked.period,
    indicator: asked.indicator,
    insurance: asked.insurance,
    ...asked.dimensions,
  };
  const { data, problem } = useApi<Explanation>(apiUrl("explain", query));
  const detail = useApi<Settlements>(records ? apiUrl("settlements", { ...query, limit: 200 }) : null);
  if (problem && !data) return <ProblemBox of={problem} />;
  if (!data) return <div class="skeleton tall" />;
  const figure: Asked = { ...asked, ...(data.figure ?? {}), unit: data.unit };
  const unit = unitKey(shapeOf(data.unit), data.unit);
  return (
    <>
      <p class="quiet">
        {periodText(asked.period, lang)} · {scopeText(figure, lang)}
      </p>
      <p class="value">
        {show(figure.value, shapeOf(data.unit))}
        {unit && <span class="unit">{t(unit)}</span>}{" "}
        {figure.status === "restated" && figure.reported && (
          <Mark of="restated" fill={{ was: show(figure.reported, shapeOf(data.unit)) }} />
        )}
      </p>
      <dl class="pairs">
        <dt>{t("ask.formula")}</dt>
        <dd>{data.formula}</dd>
        <dt>{t("ask.value")}</dt>
        <dd class="mono">{exactText(figure, data.unit)}</dd>
        {data.figure && (
          <>
            <dt>{t("ask.previous")}</dt>
            <dd>
              {show(data.figure.previous, shapeOf(data.unit))} <Change of={data.figure} />
            </dd>
          </>
        )}
        <dt>{t("ask.state")}</dt>
        <dd>{t(`state.${figure.status ?? "open"}` as Key)}</dd>
      </dl>
      <div class="acts">
        <CopyButton className="button" text={() => data.sql ?? sqlOf(figure)}>
          {t("tool.sql")}
        </CopyButton>
        <CopyButton className="button" text={() => location.href}>
          {t("tool.link")}
        </CopyButton>
      </div>
      {data.parts.length > 0 && (
        <>
          <h3>{t("explain.parts")}</h3>
          <table>
            <tbody>
              {data.parts.map((part) => (
                <tr key={part.side + part.term}>
                  <td class="quiet nowrap">{t(`explain.side.${part.side}` as Key)}</td>
                  <th scope="row">
                    {String(part.sign).startsWith("-") ? "− " : ""}
                    {lang === "zh" ? part.zh : indicatorName(part.term, lang)}
                  </th>
                  <td class="num mono">{show(part.value, part.unit === "yuan" ? "yuan2" : "count")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      <h3>{t("explain.cells")}</h3>
      <Cells
        cells={data.cells}
        asked={figure}
        unit={data.parts.find((p) => p.side === "numerator")?.unit ?? data.unit}
        total={place(data.parts.find((p) => p.side !== "denominator")?.value ?? figure.value)}
      />
      {who?.may.settlements && !records && (
        <div class="acts">
          <button type="button" class="button" onClick={() => setRecords(true)}>
            {t("explain.records")}
          </button>
        </div>
      )}
      {detail.problem && <ProblemBox of={detail.problem} />}
      {detail.data && <Records answer={detail.data} />}
      <h3>SQL</h3>
      <pre class="sql">{data.sql ?? sqlOf(figure)}</pre>
    </>
  );
}

/** Beside the view: from a figure to the cells it is made of, and for those who may to the settlements. */
export function ExplainDrawer() {
  const { t, lang } = useText();
  const { params } = usePlace();
  const box = useRef<HTMLElement>(null);
  const from = useRef<Element | null>(null);
  const open = params.explain;
  useEffect(() => {
    if (!open) return;
    from.current = document.activeElement;
    box.current?.focus();
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape") change({ explain: null });
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
      if (from.current instanceof HTMLElement && from.current.isConnected)
        from.current.focus({ preventScroll: true });
    };
  }, [open]);
  if (!open) return null;
  const asked = readAsked(open);
  return (
    <aside class="drawer" ref={box} tabIndex={-1} aria-label={t("explain.title")} data-explain>
      <header>
        <h2>{indicatorName(asked.indicator, lang)}</h2>
        <button type="button" class="button" onClick={() => change({ explain: null })}>
          {t("tool.close")}
        </button>
      </header>
      <Body asked={asked} key={open} />
    </aside>
  );
}

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
  readonly records?: readonly Readonly<Record<string, unknown>>[];
}

const MOST_CELLS = 40;

function Cells({ cells, unit, total }: { cells: readonly Cell[]; unit: string; total: number | null }) {
  const { t, lang } = useText();
  if (cells.length === 0) return <p class="quiet">{t("explain.noCells")}</p>;
  const sorted = [...cells].sort((a, b) => Math.abs(place(b.value) ?? 0) - Math.abs(place(a.value) ?? 0));
  const name = (cell: Cell): string =>
    Object.entries(cell.dimensions)
      .map(
        ([d, v]) =>
          cell.labels?.[d] ??
          (d === "facility" && cell.facility_name ? cell.facility_name : valueName(d, v, lang)),
      )
      .join(" · ");
  return (
    <>
      <table>
        <tbody>
          {sorted.slice(0, MOST_CELLS).map((cell) => (
            <tr key={JSON.stringify(cell.dimensions)}>
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

function Records({ rows }: { rows: readonly Readonly<Record<string, unknown>>[] }) {
  const { t } = useText();
  const columns = Object.keys(rows[0] ?? {});
  return (
    <>
      <h3>{t("explain.recordsTitle")}</h3>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              {columns.map((c) => (
                <th key={c} scope="col">
                  {c}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={String(row.setl_id ?? i)}>
                {columns.map((c) => (
                  <td key={c} class="nowrap">
                    {String(row[c] ?? "")}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
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
  const detail = useApi<Explanation>(records ? apiUrl("explain", { ...query, records: "true" }) : null);
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
      {detail.data?.records && <Records rows={detail.data.records} />}
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

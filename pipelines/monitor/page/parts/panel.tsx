import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { save } from "../data/client.js";
import { trust } from "../data/live.js";
import { csvOf, type Sheet, xlsxOf } from "../data/sheet.js";
import { type Asked, sqlOfMany } from "../state/asked.js";
import { usePlace } from "../state/url.js";
import { useText } from "../text/text.js";

/** Copies by the clipboard, and where the browser forbids that, by a selection. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "sr";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

export function CopyButton({
  text,
  children,
  className,
}: {
  text: () => string;
  children: ComponentChildren;
  className?: string;
}) {
  const { t } = useText();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button type="button" class={className} onClick={() => copyText(text()).then(() => setDone(true))}>
      <span aria-live="polite">{done ? t("tool.copied") : children}</span>
    </button>
  );
}

function ExportMenu({ sheet }: { sheet: () => Sheet | Promise<Sheet> }) {
  const { t } = useText();
  const { params } = usePlace();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event): void => {
      if (
        event instanceof KeyboardEvent
          ? event.key === "Escape"
          : !box.current?.parentElement?.contains(event.target as Node)
      )
        setOpen(false);
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("keydown", close);
    box.current?.querySelector("button")?.focus();
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("keydown", close);
    };
  }, [open]);
  const out = async (kind: "csv" | "xlsx"): Promise<void> => {
    const made = await sheet();
    const name = [made.name, params.period, trust.get()?.version && `v${trust.get()?.version}`]
      .filter(Boolean)
      .join("-");
    save(kind === "csv" ? csvOf(made) : xlsxOf(made), `${name}.${kind}`);
    setOpen(false);
  };
  return (
    <>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t("tool.export")}
      </button>
      {open && (
        <div class="menu" ref={box}>
          <button type="button" onClick={() => void out("csv")}>
            CSV
          </button>
          <button type="button" onClick={() => void out("xlsx")}>
            XLSX
          </button>
        </div>
      )}
    </>
  );
}

export interface PanelProps {
  readonly title: ComponentChildren;
  readonly small?: ComponentChildren;
  readonly span?: string;
  readonly className?: string;
  readonly says?: ComponentChildren;
  readonly keys?: ComponentChildren;
  /** Table of a chart, shown in its place on demand. */
  readonly table?: () => ComponentChildren;
  /** What CSV and XLSX hold. */
  readonly sheet?: () => Sheet | Promise<Sheet>;
  /** Figures shown, for the SQL; or the SQL itself. */
  readonly figures?: () => readonly Asked[];
  readonly sql?: () => string;
  readonly extra?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** One question and its answer: title, tools, and a chart or a table. */
export function Panel(p: PanelProps) {
  const { t } = useText();
  const [asTable, setAsTable] = useState(false);
  const sql = p.sql ?? (p.figures && (() => sqlOfMany(p.figures?.() ?? [])));
  return (
    <section class={`panel ${p.span ?? "c12"} ${p.className ?? ""}`}>
      <header>
        <h2>
          {p.title}
          {p.small && <small>{p.small}</small>}
        </h2>
        <div class="row">
          {p.keys && <ul class="key">{p.keys}</ul>}
          {p.extra}
          {(p.table || p.sheet || sql) && (
            <span class="tools">
              {p.table && (
                <button type="button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
                  {asTable ? t("tool.chart") : t("tool.table")}
                </button>
              )}
              {p.sheet && <ExportMenu sheet={p.sheet} />}
              {sql && <CopyButton text={sql}>{t("tool.sql")}</CopyButton>}
            </span>
          )}
        </div>
      </header>
      {p.says && <p class="says">{p.says}</p>}
      {asTable && p.table ? <div class="scroll">{p.table()}</div> : p.children}
    </section>
  );
}

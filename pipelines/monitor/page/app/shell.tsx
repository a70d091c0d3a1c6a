import { useEffect, useState } from "preact/hooks";
import { painted } from "../charts/echart.js";
import { catalogue, session } from "../data/catalogue.js";
import { nothingPublished, trust } from "../data/live.js";
import { AskCard } from "../parts/ask.js";
import { ExplainDrawer } from "../parts/explain.js";
import { Down } from "../parts/glyph.js";
import { Mark } from "../parts/mark.js";
import { Missing } from "../parts/missing.js";
import { Pickers } from "../parts/pickers.js";
import { useStore } from "../state/store.js";
import { change, go, hrefOf, usePlace } from "../state/url.js";
import type { Key } from "../text/text.js";
import { useText } from "../text/text.js";
import { TrustLine } from "./trust.js";
import { VIEW_LIST, type View, viewOf } from "./views.js";
import { useWall } from "./wall.js";

function Navigation({ active }: { active: View | null }) {
  const { t } = useText();
  const who = useStore(session);
  const is = useStore(trust);
  const { params } = usePlace();
  const [open, setOpen] = useState(false);
  const dark = document.documentElement.dataset.theme === "dark";
  return (
    <nav class={`nav${open ? " open" : ""}`} aria-label={t("pages")}>
      <div class="brand">
        <small>{who?.jurisdiction.name}</small>
        {t("product")}
      </div>
      <button type="button" class="burger" aria-expanded={open} onClick={() => setOpen(!open)}>
        {active ? t(active.title) : t("menu")}
        <Down />
      </button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the links inside take the keys; this closes the menu after them */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: as above */}
      <div class="groups" onClick={(e) => (e.target as Element).closest("a") && setOpen(false)}>
        {(["whole", "business", "data"] as const).map((group) => (
          <section key={group}>
            <h2>{t(`group.${group}`)}</h2>
            <ul>
              {VIEW_LIST.filter((v) => v.group === group).map((v) => (
                <li key={v.path}>
                  <a href={hrefOf(v.path)} aria-current={active?.path === v.path ? "page" : undefined}>
                    {t(v.title)}
                    {v.path === "/alerts" && is && is.alerts.open > 0 && (
                      <span class="count">{is.alerts.open}</span>
                    )}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
        <div class="prefs">
          <button
            type="button"
            lang={params.lang === "en" ? "zh-CN" : "en"}
            onClick={() => change({ lang: params.lang === "en" ? null : "en" })}
          >
            {t("tool.lang")}
          </button>
          <button type="button" onClick={() => change({ theme: dark ? "light" : "dark" })}>
            {t(dark ? "tool.light" : "tool.dark")}
          </button>
          <button type="button" onClick={() => print()}>
            {t("tool.print")}
          </button>
          <a href={hrefOf("/", { wall: "1" })}>{t("tool.wall")}</a>
          {who?.login && (
            <button
              type="button"
              onClick={() => fetch("/logout", { method: "POST" }).then(() => location.assign("/login"))}
            >
              {t("tool.logout")}
            </button>
          )}
        </div>
      </div>
    </nav>
  );
}

function Foot() {
  const { t } = useText();
  return (
    <footer class="foot">
      {(["provisional", "restated", "reported", "stale", "quarantined"] as const).map((m) => (
        <span key={m}>
          <Mark of={m} />
          {t(`legend.${m}`)}
        </span>
      ))}
      <span>— {t("legend.none")}</span>
      <span>{t("foot.units")}</span>
      <span>{t("foot.asked")}</span>
    </footer>
  );
}

export function App() {
  const { t, lang } = useText();
  const { path, params } = usePlace();
  const empty = useStore(nothingPublished);
  const who = useStore(session);
  const found = viewOf(path);
  const wall = params.wall === "1";
  const frame = useWall(wall);
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const theme = params.theme ?? system;
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    if (wall) document.documentElement.dataset.wall = "";
    else delete document.documentElement.dataset.wall;
    painted.set(painted.get() + 1);
  }, [theme, lang, wall]);
  useEffect(() => {
    document.title = `${found ? t(found.view.title) : t("notFound.title")} · ${who?.jurisdiction.name ?? ""}${t("product")}`;
  }, [path, lang, who]);
  const known = useStore(catalogue);
  const shown = params.period ?? known?.current.ytd;
  const provisional =
    found?.view.pickers.includes("period") &&
    known?.periods.find((p) => p.period === shown)?.status === "open";
  const is = useStore(trust);
  const Body = found?.view.body;
  return (
    <>
      <a class="sr skip" href="#view">
        {t("skip")}
      </a>
      <div class="app">
        <Navigation active={found?.view ?? null} />
        <main>
          <TrustLine frame={frame} />
          {empty ? (
            <div class="blank">
              <h1>{t("empty.title")}</h1>
              <p>{t("empty.text")}</p>
            </div>
          ) : found && Body ? (
            <>
              {!found.code && (
                <header class="head">
                  <h1 tabIndex={-1}>
                    {t(found.view.title as Key)} {provisional && <Mark of="provisional" />}{" "}
                    {is?.stale && <Mark of="stale" />}{" "}
                    {is !== null && is.quarantine.waiting > 0 && <Mark of="quarantined" />}
                  </h1>
                  <div class="filters">
                    {found.view.extra && <found.view.extra />}
                    <Pickers show={found.view.pickers} />
                  </div>
                </header>
              )}
              {!found.code && !wall && <Missing view={found.view.path} />}
              <div id="view" key={path} data-view={found.view.path}>
                <Body code={found.code} />
              </div>
            </>
          ) : (
            <div class="blank">
              <h1 tabIndex={-1}>{t("notFound.title")}</h1>
              <button type="button" class="button" onClick={() => go(hrefOf("/"))}>
                {t("notFound.back")}
              </button>
            </div>
          )}
          <Foot />
        </main>
        <ExplainDrawer />
      </div>
      <AskCard />
    </>
  );
}

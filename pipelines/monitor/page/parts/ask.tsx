import { useLayoutEffect, useRef } from "preact/hooks";
import { indicatorInfo, indicatorName, valueName } from "../data/catalogue.js";
import { trust } from "../data/live.js";
import type { Trust } from "../data/types.js";
import { instantText, periodText } from "../format/date.js";
import { shapeOf, show } from "../format/number.js";
import { type Asked, hovered } from "../state/asked.js";
import { useStore } from "../state/store.js";
import type { Key, Lang } from "../text/text.js";
import { useText } from "../text/text.js";
import { unitKey } from "./figure.js";
import type { MarkName } from "./mark.js";

/** "住院 · 县内住院": the dimensions of a figure in words. */
export const scopeText = (asked: Asked, lang: Lang): string =>
  [
    valueName("insurance", asked.insurance ?? "all", lang),
    ...Object.entries(asked.dimensions ?? {}).map(([d, v]) =>
      d === "facility" && asked.facility_name ? asked.facility_name : valueName(d, v, lang),
    ),
  ].join(" · ");

/** To the last decimal that was published, in the table's own unit. */
export function exactText(asked: Asked, unit: string): string {
  return show(
    asked.value,
    unit === "yuan" ? "yuan2" : unit === "fraction" ? "pct2" : unit.includes("/") ? "three" : "count",
  );
}

/** How far the figure may be trusted: what its marks say, in words. */
function marksOf(asked: Asked, published: Trust | null): readonly MarkName[] {
  const open = (asked.status ?? "open") === "open";
  return [
    ...(open ? (["provisional"] as const) : []),
    ...(asked.status === "restated" ? (["restated"] as const) : []),
    ...(["fact", "fund"].includes(indicatorInfo(asked.indicator)?.family ?? "") &&
    !asked.indicator.startsWith("settled_")
      ? (["reported"] as const)
      : []),
    ...(published?.stale ? (["stale"] as const) : []),
    ...((published?.quarantine.waiting ?? 0) > 0 ? (["quarantined"] as const) : []),
  ];
}
const fillOf = (asked: Asked, unit: string) => ({ was: show(asked.reported, shapeOf(unit)) });

/** The card beside the figure under the pointer: what it is, before anybody clicks. */
export function AskCard() {
  const { t, lang } = useText();
  const at = useStore(hovered);
  const published = useStore(trust);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!at || !box.current) return;
    const from = at.node.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box.current;
    const left = Math.max(8, Math.min(from.left, innerWidth - width - 8));
    const below = from.bottom + 6 + height < innerHeight;
    box.current.style.left = `${left + scrollX}px`;
    box.current.style.top = `${(below ? from.bottom + 6 : Math.max(4, from.top - height - 6)) + scrollY}px`;
  }, [at]);
  if (!at) return null;
  const { asked } = at;
  const info = indicatorInfo(asked.indicator);
  const unit = asked.unit ?? info?.unit ?? "";
  const exactUnit = unit === "yuan" || unit.startsWith("yuan/") ? t("unit.yuan") : "";
  const counted = exactUnit ? null : unitKey(shapeOf(unit), unit);
  const state = asked.status ?? "open";
  const rows: [string, string][] = [
    [t("ask.formula"), info?.formula ?? ""],
    [t("ask.value"), `${exactText(asked, unit)} ${exactUnit || (counted ? t(counted) : "")}`],
    [t("ask.previous"), asked.previous ? show(asked.previous, shapeOf(unit)) : ""],
    [t("ask.period"), periodText(asked.period, lang)],
    [t("ask.where"), scopeText(asked, lang)],
    [
      t("ask.version"),
      published
        ? `${t("trust.version", { version: String(published.version) })} · ${instantText(published.watermark)}`
        : "",
    ],
    [t("ask.state"), t(`state.${state}` as Key)],
    [
      t("ask.marks"),
      marksOf(asked, published)
        .map((m) => `${t(`mark.${m}`)} ${t(`why.${m}` as Key, fillOf(asked, unit))}`)
        .join("；"),
    ],
  ];
  return (
    <div class="ask" role="tooltip" ref={box}>
      <h3>{indicatorName(asked.indicator, lang)}</h3>
      <dl>
        {rows
          .filter(([, value]) => value.trim())
          .map(([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ))}
      </dl>
      <footer>{t("ask.click")}</footer>
    </div>
  );
}

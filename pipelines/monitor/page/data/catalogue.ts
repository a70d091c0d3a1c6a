import { store } from "../state/store.js";
import type { Lang } from "../text/text.js";
import type { Catalogue, IndicatorInfo, Session } from "./types.js";

/** Names, formulas, periods: what the published file says of itself. Loaded once, again on each publish. */
export const catalogue = store<Catalogue | null>(null);
export const session = store<Session | null>(null);

export const indicatorInfo = (name: string): IndicatorInfo | undefined =>
  catalogue.get()?.indicators.find((i) => i.indicator === name);

export function indicatorName(name: string, lang: Lang): string {
  const info = indicatorInfo(name);
  return (lang === "zh" ? info?.name_zh : info?.name_en) ?? name;
}

/** Names stand alone on the page: an English one begins with a capital. */
export const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Name of a dimension's value; the code itself where nobody named it. */
export function valueName(dimension: string, value: string, lang: Lang): string {
  const found =
    dimension === "insurance"
      ? catalogue.get()?.insurances.find((i) => typeof i !== "string" && i.value === value)
      : catalogue
          .get()
          ?.dimensions.find((d) => d.dimension === dimension)
          ?.values.find((v) => v.value === value);
  if (found && typeof found !== "string")
    return (lang === "zh" ? found.zh : capital(found.en)) || found.zh || value;
  const named = catalogue
    .get()
    ?.dimensions.find((d) => d.dimension === dimension)
    ?.values.find((v) => v.value === value);
  return named ? (lang === "zh" ? named.zh : capital(named.en)) || named.zh : value;
}

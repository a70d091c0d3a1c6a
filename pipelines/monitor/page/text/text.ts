import type { Lang } from "../format/lang.js";
import { usePlace } from "../state/url.js";
import { COMMON } from "./common.js";
import { DATA_VIEWS } from "./data-views.js";
import { MISSING } from "./missing.js";
import { VIEWS } from "./views.js";

export type { Lang };
/** A text in both languages: Chinese, English. `{name}` is filled in. */
export type Texts = Readonly<Record<string, readonly [zh: string, en: string]>>;

const ALL = { ...COMMON, ...VIEWS, ...DATA_VIEWS, ...MISSING } as const;
export type Key = keyof typeof ALL;
export const isKey = (text: string): text is Key => text in ALL;
export type Translate = (key: Key, fill?: Readonly<Record<string, string | number>>) => string;

const langOf = (params: Readonly<Record<string, string>>): Lang => (params.lang === "en" ? "en" : "zh");

function translator(lang: Lang): Translate {
  return (key, fill) => {
    const pair = ALL[key] as readonly [string, string] | undefined;
    const text: string = pair?.[lang === "zh" ? 0 : 1] ?? key;
    return fill ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(fill[name] ?? whole)) : text;
  };
}

/** Language of the page and its texts. */
export function useText(): { readonly lang: Lang; readonly t: Translate } {
  const lang = langOf(usePlace().params);
  return { lang, t: translator(lang) };
}

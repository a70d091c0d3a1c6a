import { catalogue } from "../data/catalogue.js";
import { useStore } from "../state/store.js";
import type { Key } from "../text/text.js";
import { useText } from "../text/text.js";
import { Info } from "./glyph.js";

/** What a view is made of beyond settlements, by its address. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  "/": ["settlements", "budgets", "books", "opening_balances", "last_year"],
  "/pace": ["settlements", "budgets", "last_year"],
  "/inpatient": ["settlements", "facilities", "enrolment"],
  "/outpatient": ["settlements", "facilities"],
  "/flow": ["settlements", "facilities", "divisions"],
  "/facilities": ["settlements", "facilities"],
  "/structure": ["settlements"],
  "/relief": ["settlements"],
  "/dip": ["dip"],
  "/funds": ["enrolment", "budgets", "books", "opening_balances"],
  "/quality": ["settlements", "facilities"],
};

/** Says what of a view has not been set up yet, and how that is done; nothing where all of it is there. */
export function Missing({ view }: { view: string }) {
  const { t } = useText();
  const known = useStore(catalogue);
  const parts = (NEEDS[view] ?? []).filter((part) => known?.missing?.includes(part));
  if (parts.length === 0) return null;
  return (
    <details class="missing" open={parts.includes("settlements")}>
      <summary>
        <Info />
        {t("missing.title", { what: parts.map((p) => t(`missing.${p}` as Key)).join("、") })}
      </summary>
      <ul>
        {parts.map((p) => (
          <li key={p}>
            <b>{t(`missing.${p}` as Key)}</b> {t(`missing.how.${p}` as Key)}
          </li>
        ))}
      </ul>
    </details>
  );
}

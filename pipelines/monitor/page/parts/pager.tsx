import { change } from "../state/url.js";
import { useText } from "../text/text.js";

/** What the server says of an answer in pages. */
export interface Paged {
  readonly rows_total: number;
  readonly page: number;
  readonly next: number | null;
}

/** The page that the address names; the first where it names none or what is no page. Routes take up to 10,000. */
export const pageAsked = (params: Readonly<Record<string, string>>): number =>
  /^([1-9]\d{0,3}|10000)$/.test(params.page ?? "") ? Number(params.page) : 1;

/** Steps through a long table; nothing where all of it is shown. */
export function Pager({ of, shown }: { of: Paged; shown: number }) {
  const { t } = useText();
  if (of.page === 1 && of.next === null) return null;
  // The last page may be short: how many a page holds is told by the others.
  const before = of.next === null ? of.rows_total - shown : (of.page - 1) * shown;
  const go = (page: number): void => change({ page: page === 1 ? null : String(page) }, "replace");
  return (
    <nav class="row pager" aria-label={t("pager.label")}>
      <button type="button" class="button" disabled={of.page === 1} onClick={() => go(of.page - 1)}>
        {t("pager.before")}
      </button>
      <span class="aside">{t("pager.at", { from: before + 1, to: before + shown, of: of.rows_total })}</span>
      <button
        type="button"
        class="button"
        disabled={of.next === null}
        onClick={() => of.next !== null && go(of.next)}
      >
        {t("pager.next")}
      </button>
    </nav>
  );
}

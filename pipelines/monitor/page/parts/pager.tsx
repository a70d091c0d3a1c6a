import { change } from "../state/url.js";
import { useText } from "../text/text.js";

/** What the server says of an answer in pages. */
export interface Paged {
  readonly rows_total: number;
  readonly page: number;
  readonly next: number | null;
}

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

import { store, useStore } from "./store.js";

/** Where the page is: the path names the view, the parameters everything else. The address is the only state. */
export interface Place {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

const read = (): Place => ({
  path: location.pathname,
  params: Object.fromEntries(new URLSearchParams(location.search)),
});

const place = store<Place>(read());
addEventListener("popstate", () => place.set(read()));

export const usePlace = (): Place => useStore(place);
/** Parameters that go with the reader from view to view. */
const KEPT = ["period", "insurance", "district", "compare", "yoy", "lang", "theme", "wall", "every"];

export type Changes = Readonly<Record<string, string | null | undefined>>;

function address(path: string, params: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(params).toString().replace(/%2B/gi, "%2B");
  return query ? `${path}?${query}` : path;
}

const merged = (params: Readonly<Record<string, string>>, changes: Changes): Record<string, string> => {
  const out: Record<string, string> = { ...params };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") delete out[key];
    else out[key] = value;
  }
  return out;
};

/** Address of another view that keeps pickers, language and theme. */
export function hrefOf(path: string, changes: Changes = {}): string {
  const kept = Object.fromEntries(Object.entries(place.get().params).filter(([key]) => KEPT.includes(key)));
  return address(path, merged(kept, changes));
}

/** Changes parameters of the view that is open; the reader's Back undoes it. */
export function change(changes: Changes, how: "push" | "replace" = "push"): void {
  const { path, params } = place.get();
  const next = { path, params: merged(params, changes) };
  history[how === "push" ? "pushState" : "replaceState"](null, "", address(next.path, next.params));
  place.set(next);
}

export function go(href: string): void {
  history.pushState(null, "", href);
  place.set(read());
  scrollTo(0, 0);
  document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
}

/** Plain clicks on links of the page are answered without a new document. */
export function followLinks(root: HTMLElement): void {
  root.addEventListener("click", (event) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = (event.target as Element).closest?.("a");
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname.startsWith("/api/") || link.pathname === "/login" || link.hash) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

import { store } from "../state/store.js";
import type { Trust } from "./types.js";

export type Connection = "connecting" | "open" | "lost";

/** Trust of the version that the server holds now; null until the first event, or while nothing is published. */
export const trust = store<Trust | null>(null);
export const connection = store<Connection>("connecting");
/** True once the server said that nothing has been published yet. */
export const nothingPublished = store(false);
/** Version shown: what asks the server again when it changes. */
export const version = store<string | null>(null);
/** When this page was last told something; the age of the figures is counted on from it. */
export const heardAt = store(Date.now());

/** A version brings all of its trust; going stale only what changed. */
function told(event: MessageEvent<string>): void {
  const before = trust.get();
  const next = { ...before, ...(JSON.parse(event.data) as Partial<Trust>) } as Trust;
  if (!next.complete) return;
  heardAt.set(Date.now());
  trust.set(next);
  nothingPublished.set(false);
  if (next.version !== null) version.set(String(next.version));
}

/** Listens for publishes until the page closes; the browser connects again by itself. */
export function listen(): void {
  const events = new EventSource("/api/v1/live");
  events.addEventListener("open", () => connection.set("open"));
  events.addEventListener("error", () => connection.set("lost"));
  events.addEventListener("version", told);
  events.addEventListener("stale", told);
  events.addEventListener("empty", () => {
    nothingPublished.set(true);
    trust.set(null);
    version.set(null);
  });
}

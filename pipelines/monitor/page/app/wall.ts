import { useEffect, useState } from "preact/hooks";
import { go, hrefOf, usePlace } from "../state/url.js";

/** Frames that a wall shows in turn: view and, where a view has two halves, which. */
const FRAMES: readonly { readonly path: string; readonly frame?: string }[] = [
  { path: "/" },
  { path: "/", frame: "2" },
  { path: "/pace" },
  { path: "/flow" },
  { path: "/alerts" },
];

/** Seconds that a frame stays; `?every=10` sets another. */
const EVERY = 20;

/** On a wall: goes on to the next frame by itself, says which of how many. */
export function useWall(on: boolean): string | undefined {
  const { path, params } = usePlace();
  const at = Math.max(
    0,
    FRAMES.findIndex((f) => f.path === path && (f.frame ?? "") === (params.frame ?? "")),
  );
  const [, tick] = useState(0);
  useEffect(() => {
    if (!on) return;
    const seconds = Math.max(3, Number(params.every) || EVERY);
    const timer = setTimeout(() => {
      const next = FRAMES[(at + 1) % FRAMES.length];
      go(hrefOf(next.path, { frame: next.frame ?? null }));
      tick((n) => n + 1);
    }, seconds * 1000);
    return () => clearTimeout(timer);
  }, [on, at, params.every]);
  return on ? `${at + 1} / ${FRAMES.length}` : undefined;
}

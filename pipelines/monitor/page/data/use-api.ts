import { useEffect, useRef, useState } from "preact/hooks";
import { useStore } from "../state/store.js";
import { ApiError, get } from "./client.js";
import { version } from "./live.js";
import type { Problem } from "./types.js";

export interface Answer<T> {
  /** Last good answer; stays while a newer one is on its way. */
  readonly data: T | null;
  readonly problem: Problem | null;
  readonly loading: boolean;
}

interface Kept {
  readonly version: string | null;
  readonly data: unknown;
}
const kept = new Map<string, Kept>();
const KEPT_MOST = 60;
const underway = new Map<string, Promise<unknown>>();

function load(url: string, at: string | null): Promise<unknown> {
  const key = `${at} ${url}`;
  let promise = underway.get(key);
  if (!promise) {
    promise = get(url)
      .then((data) => {
        kept.delete(url);
        kept.set(url, { version: at, data });
        if (kept.size > KEPT_MOST) kept.delete(kept.keys().next().value as string);
        return data;
      })
      .finally(() => underway.delete(key));
    underway.set(key, promise);
  }
  return promise;
}

/**
 * The answer of one route, asked again on each publish while somebody looks at it. An answer of an earlier version
 * is shown until the new one is there; answers of other parameters never are, except that the same view keeps its
 * old figures while a picker changes.
 */
export function useApi<T>(url: string | null): Answer<T> {
  const at = useStore(version);
  const [answer, setAnswer] = useState<Answer<T>>(() => ({
    data: url ? ((kept.get(url)?.data as T) ?? null) : null,
    problem: null,
    loading: url !== null,
  }));
  const latest = useRef<string | null>(null);
  useEffect(() => {
    latest.current = url;
    if (!url) {
      setAnswer({ data: null, problem: null, loading: false });
      return;
    }
    const have = kept.get(url);
    if (have && have.version === at) {
      setAnswer({ data: have.data as T, problem: null, loading: false });
      return;
    }
    setAnswer((old) => ({ data: (have?.data as T) ?? old.data, problem: null, loading: true }));
    load(url, at).then(
      (data) => latest.current === url && setAnswer({ data: data as T, problem: null, loading: false }),
      (error: unknown) =>
        latest.current === url &&
        setAnswer((old) => ({
          data: old.data,
          problem: error instanceof ApiError ? error.problem : { title: String(error), status: 0 },
          loading: false,
        })),
    );
  }, [url, at]);
  return answer;
}

import { apiUrl, type Query } from "../data/client.js";
import type { Envelope, Finding } from "../data/types.js";
import { type Answer, useApi } from "../data/use-api.js";
import { usePlace } from "../state/url.js";

export interface ViewAnswer extends Envelope {
  readonly period: string;
  readonly finding: Finding;
}

/** The view's own route with the pickers' choices. */
export function useView<T>(route: string, more: Query = {}): Answer<T> {
  const { params } = usePlace();
  const { period, insurance, district, compare } = params;
  return useApi<T>(apiUrl(route, { period, insurance, district, compare, ...more }));
}

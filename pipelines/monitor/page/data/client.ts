import type { Problem } from "./types.js";

/** An answer that is no answer: the server's problem document, or that nobody answered. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }
}

export type Query = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/** `/api/v1/<path>?…` without the parameters that are empty; `+` of a grouping survives. */
export function apiUrl(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0))
      continue;
    params.set(key, Array.isArray(value) ? value.join(",") : String(value));
  }
  const text = params.toString();
  return `/api/v1/${path}${text ? `?${text}` : ""}`;
}

async function problemOf(answer: Response): Promise<Problem> {
  try {
    return { status: answer.status, ...((await answer.json()) as object) } as Problem;
  } catch {
    return { title: answer.statusText || String(answer.status), status: answer.status };
  }
}

async function ask<T>(url: string, init?: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(url, { credentials: "same-origin", ...init });
  } catch {
    throw new ApiError({ title: "unreachable", status: 0 });
  }
  if (answer.status === 401) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  if (!answer.ok) throw new ApiError(await problemOf(answer));
  return (await answer.json()) as T;
}

/** Reads; the browser revalidates by ETag, so an unchanged answer costs no body. */
export const get = <T>(url: string): Promise<T> => ask<T>(url);

/** Rows that one request asks for: the most that a route gives. */
const ROWS_A_REQUEST = 5_000;
const ATTEMPTS = 3;

/**
 * All rows of an answer in pages, of one version: where a publish comes between two pages, all are asked again.
 * @param rowsOf the rows of an answer
 */
export async function getAll<T extends { readonly version: string | null; readonly next: number | null }, R>(
  path: string,
  query: Query,
  rowsOf: (answer: T) => readonly R[],
): Promise<R[]> {
  for (let attempt = 1; ; attempt++) {
    const rows: R[] = [];
    const versions = new Set<string | null>();
    for (let page: number | null = 1; page !== null; ) {
      const answer: T = await get<T>(apiUrl(path, { ...query, limit: ROWS_A_REQUEST, page }));
      versions.add(answer.version);
      rows.push(...rowsOf(answer));
      page = answer.next;
    }
    if (versions.size === 1) return rows;
    if (attempt === ATTEMPTS) throw new ApiError({ title: "published too often", status: 0 });
  }
}

export const post = <T>(path: string, body: unknown): Promise<T> =>
  ask<T>(`/api/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** Posts and keeps the answer as a file. */
export async function postFile(path: string, body: unknown, name: string): Promise<void> {
  const answer = await fetch(`/api/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new ApiError(await problemOf(answer));
  save(await answer.blob(), name);
}

/** Hands bytes to the reader as a download. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

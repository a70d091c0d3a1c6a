import { join } from "node:path";

/** The state of a `data` folder. */
export const statePath = (data: string): string => join(data, "state.sqlite");

/** Its published database, which readers open. */
export const publishedPath = (data: string): string => join(data, "published", "fundpulse.duckdb");

/** Its detail file, of single settlements. */
export const detailPath = (data: string): string => join(data, "detail", "detail.duckdb");

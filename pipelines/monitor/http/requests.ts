import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { refuse } from "./problem.js";

/** @throws Refusal FP6005 that names every wrong parameter. */
export function parsed<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    path: issue.path.join(".") || ("keys" in issue ? (issue.keys as string[]).join(", ") : ""),
    message: issue.message,
  }));
  const detail = errors.map((e) => (e.path === "" ? e.message : `${e.path}: ${e.message}`)).join("; ");
  throw refuse("FP6005", detail, { errors });
}

/**
 * A form or a change is taken from our own pages alone; programs send no origin.
 * @throws Refusal FP6003.
 */
export function sameOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) return;
  // Where a proxy or a setting of the browser takes the origin away, the browser still says that it is our page.
  if (origin === "null" && request.headers["sec-fetch-site"] === "same-origin") return;
  throw refuse("FP6003", `a request from ${origin} is not taken`);
}

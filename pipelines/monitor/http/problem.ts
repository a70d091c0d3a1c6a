import { faultOf } from "../../../connectors/faults/known.js";
import { ERROR_CODES, type ErrorCode } from "../../../schemas/errors.js";

/** An error as an answer: RFC 9457, `application/problem+json`, with our code and what to do. */
export interface Problem {
  /** Names the kind of problem: its code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly action: string;
  /** Parameters that are wrong, each with what is. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** Statuses of codes that stand for one; every other is 500. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  FP1003: 400,
  FP4002: 503,
  FP4004: 404,
  FP4006: 503,
  FP5001: 400,
  FP5002: 503,
  FP5003: 404,
  FP6002: 401,
  FP6003: 403,
  FP6004: 429,
  FP6005: 400,
  FP6006: 404,
  FP6007: 503,
  FP6009: 503,
};

export const problemOf = (
  code: ErrorCode,
  detail: string,
  more: { readonly status?: number; readonly errors?: Problem["errors"] } = {},
): Problem => ({
  type: `urn:fundpulse:error:${code}`,
  title: ERROR_CODES[code].cause,
  status: more.status ?? STATUS[code] ?? 500,
  detail,
  code,
  action: ERROR_CODES[code].action,
  ...(more.errors ? { errors: more.errors } : {}),
});

/** Thrown by a route: becomes its problem. */
export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(problem.detail);
    this.name = "Refusal";
  }
}

export const refuse = (code: ErrorCode, detail: string, more?: Parameters<typeof problemOf>[2]): Refusal =>
  new Refusal(problemOf(code, detail, more));

/** What an error of the program says to the one who asked; null for a mistake of ours. */
export function knownProblem(error: unknown): Problem | null {
  if (error instanceof Refusal) return error.problem;
  const known = faultOf(error);
  return known === undefined ? null : problemOf(known.code, known.message.replace(/ \[FP\d+\]$/, ""));
}

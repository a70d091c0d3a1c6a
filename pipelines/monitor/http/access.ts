import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { isLoopback } from "../../../connectors/config/rules.js";
import {
  MONITOR_ROLES,
  type MonitorRole,
  type MonitorSettings,
  type MonitorToken,
} from "../../../schemas/config/monitor.js";
import { refuse } from "./problem.js";

/** Who asks. */
export interface Caller {
  readonly name: string;
  readonly role: MonitorRole;
}

/** What of a request tells who asks. */
export interface Credentials {
  /** Of the other end of the connection. */
  readonly address: string;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly host: string | undefined;
  /** The request came through a proxy, by its headers. */
  readonly forwarded: boolean;
}

export const COOKIE = "fundpulse";
/** A session ends after a working day. */
const SESSION_MS = 12 * 3_600_000;
const WRONG_TOKENS = 5;
const WITHIN_MS = 60_000;
/** Addresses remembered at once; the oldest are forgotten. */
const REMEMBERED = 10_000;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * Decides who may look: on loopback anyone, as `monitor.loopback` says; elsewhere whoever has a token, in the header
 * or as the session that the login page gave for it. A session is signed with its own token: it needs no memory,
 * outlives a restart, and ends with the token.
 */
export class Access {
  readonly #tokens: readonly { readonly token: MonitorToken; readonly digest: Buffer }[];
  readonly #wrong = new Map<string, number[]>();
  readonly #loopback: MonitorSettings["loopback"];

  constructor(
    settings: MonitorSettings,
    private readonly now: () => number = Date.now,
  ) {
    this.#tokens = settings.tokens.map((token) => ({ token, digest: digest(token.token) }));
    this.#loopback = isLoopback(settings.host) ? settings.loopback : "none";
  }

  /** Whether whoever sends nothing is asked for a token. */
  get needsToken(): boolean {
    return this.#loopback === "none";
  }

  /**
   * @throws Refusal FP6002 for no token or a wrong one, FP6004 after five wrong ones in a minute.
   */
  callerOf(credentials: Credentials): Caller {
    const bearer = /^Bearer\s+(\S+)\s*$/i.exec(credentials.authorization ?? "")?.[1];
    if (bearer !== undefined) return this.callerWith(bearer, credentials.address);
    const session = this.#ofSession(cookieOf(credentials.cookie));
    if (session) return session;
    if (this.#loopback !== "none" && isLocal(credentials)) return { name: "local", role: this.#loopback };
    throw refuse("FP6002", "this address needs a token");
  }

  /** @throws Refusal as `callerOf`. */
  callerWith(token: string, address: string): Caller {
    const wrong = (this.#wrong.get(address) ?? []).filter((at) => at > this.now() - WITHIN_MS);
    if (wrong.length >= WRONG_TOKENS) {
      throw refuse("FP6004", "too many wrong tokens from this address; wait a minute");
    }
    const given = digest(token);
    // Every token is compared, so that the time says nothing of which was near.
    let found: MonitorToken | null = null;
    for (const one of this.#tokens) if (timingSafeEqual(one.digest, given)) found = one.token;
    if (found) return { name: found.name, role: found.role };
    this.#wrong.delete(address);
    this.#wrong.set(address, [...wrong, this.now()]);
    if (this.#wrong.size > REMEMBERED) this.#wrong.delete(this.#wrong.keys().next().value!);
    throw refuse("FP6002", "the token is not one of monitor.tokens");
  }

  /** The cookie's value for whoever gave this token. */
  session(caller: Caller): string {
    const token = this.#tokens.find(({ token: t }) => t.name === caller.name)!.token;
    const until = (this.now() + SESSION_MS).toString(36);
    const name = Buffer.from(token.name).toString("base64url");
    return `${name}.${until}.${sign(token, until)}`;
  }

  #ofSession(value: string | undefined): Caller | null {
    const [name, until, signature] = (value ?? "").split(".");
    if (!name || !until || !signature || Number.parseInt(until, 36) < this.now()) return null;
    const wanted = Buffer.from(name, "base64url").toString("utf8");
    const token = this.#tokens.find(({ token: t }) => t.name === wanted)?.token;
    if (!token || !timingSafeEqual(digest(signature), digest(sign(token, until)))) return null;
    return { name: token.name, role: token.role };
  }
}

const sign = (token: MonitorToken, until: string): string =>
  createHmac("sha256", digest(`fundpulse monitor session\n${token.token}`))
    .update(`${token.name}\n${token.role}\n${until}`)
    .digest("base64url");

function cookieOf(header: string | undefined): string | undefined {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === COOKIE) return part.slice(at + 1).trim();
  }
  return undefined;
}

/**
 * A request from this machine itself, under one of its own names. A page of another site that has its name resolved
 * to 127.0.0.1 sends that name; a proxy says for whom it asks.
 */
function isLocal({ address, host, forwarded }: Credentials): boolean {
  const from = address.replace(/^::ffff:/, "");
  const name = (host ?? "").replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return isLoopback(from) && isLoopback(name) && !forwarded;
}

/** Whether a role may what another may. */
export const mayAs = (role: MonitorRole, needed: MonitorRole): boolean =>
  MONITOR_ROLES.indexOf(role) >= MONITOR_ROLES.indexOf(needed);

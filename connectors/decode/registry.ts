import { setTimeout as sleep } from "node:timers/promises";
import { FundpulseError } from "../../schemas/errors.js";
import { AvroNames, parseAvro, type WriterSchema } from "./avro/schema.js";

/** A schema id's answer: the schema with its references resolved, or why there is none. */
export interface RegisteredSchema {
  readonly schemaJson: string | null;
  readonly schema: WriterSchema | null;
  /** Set where `schemaJson` is null; becomes the detail of `unknown_schema`. */
  readonly why: string;
}

export interface SchemaRegistryOptions {
  /** Base address; a path such as Apicurio's `/apis/ccompat/v7` belongs to it. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** How long an unreachable registry is tried before FP3006. */
  readonly patienceMs?: number;
  /** How long "no such schema" is believed. */
  readonly negativeMs?: number;
  readonly now?: () => number;
  /** Ends the waiting between tries. */
  readonly signal?: AbortSignal;
}

interface Reference {
  readonly subject: string;
  readonly version: number;
}
interface Answer {
  readonly schema?: unknown;
  readonly schemaType?: unknown;
  readonly references?: unknown;
}

const REQUEST_MS = 5_000;
const MAX_REFERENCES = 200;
const NOT_LOADED: RegisteredSchema = { schemaJson: null, schema: null, why: "the schema was not fetched" };
const unknown = (why: string): RegisteredSchema => ({ schemaJson: null, schema: null, why });

/**
 * Client of a Confluent-compatible schema registry. A schema id never changes its meaning, so what was found
 * is kept for good; what was not found is asked again after half a minute.
 */
export class SchemaRegistry {
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #patienceMs: number;
  readonly #negativeMs: number;
  readonly #now: () => number;
  readonly #signal: AbortSignal | undefined;
  readonly #found = new Map<number, RegisteredSchema>();
  readonly #missing = new Map<number, { readonly answer: RegisteredSchema; readonly until: number }>();
  readonly #running = new Map<number, Promise<void>>();

  constructor(options: SchemaRegistryOptions) {
    const url = new URL(options.url);
    // The address may bear the user, as in other clients; it must not show in messages.
    const username = options.username ?? decodeURIComponent(url.username);
    const password = options.password ?? decodeURIComponent(url.password);
    url.username = "";
    url.password = "";
    this.#base = url.href.replace(/\/+$/, "");
    this.#headers = { accept: "application/vnd.schemaregistry.v1+json, application/json" };
    if (username !== "") {
      this.#headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    }
    this.#patienceMs = options.patienceMs ?? 15_000;
    this.#negativeMs = options.negativeMs ?? 30_000;
    this.#now = options.now ?? Date.now;
    this.#signal = options.signal;
  }

  /** What is known of an id after `load`. */
  get(id: number): RegisteredSchema {
    return this.#found.get(id) ?? this.#missing.get(id)?.answer ?? NOT_LOADED;
  }

  /** Fetches the ids not known yet. Throws FP3006 where the registry stays unreachable, FP3005 where it refuses us. */
  async load(ids: readonly number[]): Promise<void> {
    await Promise.all(
      ids.map((id) => {
        if (this.#found.has(id)) return undefined;
        const missing = this.#missing.get(id);
        if (missing && missing.until > this.#now()) return undefined;
        let running = this.#running.get(id);
        if (!running) {
          running = this.fetch(id).finally(() => this.#running.delete(id));
          this.#running.set(id, running);
        }
        return running;
      }),
    );
  }

  /** Checks that the registry answers and lets us in; returns its address. */
  async check(): Promise<string> {
    await this.request("/subjects");
    return this.#base;
  }

  private async fetch(id: number): Promise<void> {
    const answer = await this.resolve(id);
    if (answer.schemaJson !== null) {
      this.#found.set(id, answer);
      this.#missing.delete(id);
      return;
    }
    const now = this.#now();
    for (const [old, { until }] of this.#missing) if (until <= now) this.#missing.delete(old);
    this.#missing.set(id, { answer, until: now + this.#negativeMs });
  }

  private async resolve(id: number): Promise<RegisteredSchema> {
    const answer = await this.request(`/schemas/ids/${id}`);
    if (answer === null) return unknown(`the schema registry has no schema ${id}`);
    const type = answer.schemaType ?? "AVRO";
    if (type !== "AVRO") return unknown(`schema ${id} is ${String(type).slice(0, 20)}, not AVRO`);
    if (typeof answer.schema !== "string") return unknown(`schema ${id} has no text`);
    const names = new AvroNames();
    const fault = await this.references(answer.references, names, new Set());
    if (fault !== null) return unknown(`schema ${id}: ${fault}`);
    try {
      return { schemaJson: answer.schema, schema: parseAvro(answer.schema, names), why: "" };
    } catch (error) {
      return unknown(`schema ${id}: ${error instanceof Error ? error.message : "no Avro schema"}`);
    }
  }

  /** Defines the types of all references, depth first; returns what is wrong with them. */
  private async references(references: unknown, names: AvroNames, seen: Set<string>): Promise<string | null> {
    if (references === undefined || references === null) return null;
    if (!Array.isArray(references)) return "its references are no list";
    for (const reference of references) {
      const { subject, version } = (reference ?? {}) as Partial<Reference>;
      if (typeof subject !== "string" || version === undefined)
        return "a reference names no subject and version";
      const key = `${subject}/${version}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (seen.size > MAX_REFERENCES) return `more than ${MAX_REFERENCES} references`;
      const path = `/subjects/${encodeURIComponent(subject)}/versions/${encodeURIComponent(String(version))}`;
      const answer = await this.request(path);
      if (answer === null || typeof answer.schema !== "string") return `reference ${key} is not there`;
      const fault = await this.references(answer.references, names, seen);
      if (fault !== null) return fault;
      try {
        parseAvro(answer.schema, names);
      } catch (error) {
        return `reference ${key}: ${error instanceof Error ? error.message : "no Avro schema"}`;
      }
    }
    return null;
  }

  /** One GET, tried again with growing pauses while the registry is away. Null: it has no such thing. */
  private async request(path: string): Promise<Answer | null> {
    const url = this.#base + path;
    const deadline = performance.now() + this.#patienceMs;
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
      let why: string;
      let cause: unknown;
      try {
        const response = await fetch(url, {
          headers: this.#headers,
          signal: AbortSignal.timeout(REQUEST_MS),
        });
        if (response.ok) {
          const answer: unknown = await response.json();
          return typeof answer === "object" && answer !== null ? answer : {};
        }
        await response.body?.cancel();
        if (response.status === 404) return null;
        if (response.status === 401 || response.status === 403) {
          throw new FundpulseError("FP3005", `the schema registry refused ${url} (HTTP ${response.status})`, {
            action: "correct source.schemaRegistry.username and password",
          });
        }
        why = `HTTP ${response.status}`;
        if (response.status < 500 && response.status !== 408 && response.status !== 429) {
          throw new FundpulseError("FP3006", `the schema registry does not understand ${url} (${why})`, {
            action: "correct source.schemaRegistry.url",
          });
        }
      } catch (error) {
        if (error instanceof FundpulseError) throw error;
        cause = error;
        why = reasonOf(error);
      }
      if (performance.now() + pauseMs > deadline || this.#signal?.aborted) {
        throw new FundpulseError("FP3006", `the schema registry does not answer at ${url} (${why})`, {
          cause,
        });
      }
      await sleep(pauseMs, undefined, { signal: this.#signal }).catch(() => undefined);
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return "the answer is no JSON";
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
  return cause?.code ?? (error instanceof Error ? error.message : "unknown error");
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { FundpulseError } from "../../schemas/errors.js";
import { avroSchema, EARLIER_AVRO_SCHEMAS, STREAM_NAMES } from "../../schemas/input/streams.js";
import type { Rejection } from "../../schemas/quarantine.js";
import { compile, type Plan } from "./avro/plan.js";
import { canonicalForm, parseAvro, rabinFingerprint, type WriterSchema } from "./avro/schema.js";
import type { Layout } from "./fields/slots.js";
import type { RegisteredSchema } from "./registry.js";

const NO_SCHEMA: Rejection = { reason: "undecodable", detail: "the writer schema is none" };

/** Attributes of a schema that say nothing of how its records are read. */
const NOT_READ: ReadonlySet<string> = new Set(["doc", "connect.doc", "default", "connect.default"]);

/** A writer schema with the plans compiled for it, one for each stream that it was met in. */
export class Writer {
  readonly fingerprint: Buffer;
  readonly #plans = new Map<Layout, Plan | Rejection>();
  #lastLayout: Layout | null = null;
  #lastPlan: Plan | Rejection = NO_SCHEMA;
  #lean: string | null = null;

  constructor(
    readonly schemaJson: string,
    readonly schema: WriterSchema | null,
    /** What is wrong with the schema, where `schema` is null. */
    readonly why = "",
  ) {
    this.fingerprint = schema ? rabinFingerprint(canonicalForm(schema)) : Buffer.alloc(8);
  }

  /** The schema's text without what reading does not need: it is kept with every record that waits. */
  get leanJson(): string {
    this.#lean ??= this.schema
      ? JSON.stringify(JSON.parse(this.schemaJson), (key, value) => (NOT_READ.has(key) ? undefined : value))
      : this.schemaJson;
    return this.#lean;
  }

  /** Names of the fields of its records. */
  get names(): readonly string[] {
    const node = this.schema?.node;
    return node?.kind === "record" ? node.fields.map((f) => f.name) : [];
  }

  /** How its records are read into a stream, or why they cannot be. */
  plan(layout: Layout): Plan | Rejection {
    if (layout === this.#lastLayout) return this.#lastPlan;
    let plan = this.#plans.get(layout);
    if (plan === undefined) {
      plan = this.schema
        ? compile(this.schema, layout)
        : { ...NO_SCHEMA, detail: `the writer schema is none: ${this.why}` };
      this.#plans.set(layout, plan);
    }
    this.#lastLayout = layout;
    this.#lastPlan = plan;
    return plan;
  }
}

/** A foreign file may bring a new schema each; more than this many are not kept. */
const MAX_WRITERS = 1000;
/** Nor more characters of their texts. */
const MAX_WRITER_TEXT = 16 * 1024 * 1024;

/** What our own writers make, and made before. */
const OWN_SCHEMAS: readonly object[] = [...STREAM_NAMES.map(avroSchema), ...EARLIER_AVRO_SCHEMAS];

/** Every writer schema met so far, found by its text, its fingerprint or its registry id. */
export class WriterCatalogue {
  readonly #bySchema = new Map<string, Writer>();
  readonly #known: { readonly low: number; readonly high: number; readonly writer: Writer }[] = [];
  readonly #byRegistryId = new Map<number, Writer>();
  #text = 0;

  /** `schemas`: further schemas of the single-object encoding; our own are always known. */
  constructor(schemas: readonly string[]) {
    for (const json of [...OWN_SCHEMAS.map((s) => JSON.stringify(s)), ...schemas]) {
      const writer = new Writer(json, parseAvro(json));
      this.#bySchema.set(json, writer);
      this.#known.push({
        low: writer.fingerprint.readUInt32LE(0),
        high: writer.fingerprint.readUInt32LE(4),
        writer,
      });
    }
  }

  /** Fingerprints tell schemas apart that differ in more than logical types, which they leave out. */
  isKnown(writer: Writer): boolean {
    return this.#known.some((k) => k.writer === writer);
  }

  ofSchema(json: string): Writer {
    let writer = this.#bySchema.get(json);
    if (!writer) {
      try {
        writer = new Writer(json, parseAvro(json));
      } catch (error) {
        // Its records are undecodable, each with that reason.
        writer = new Writer(json, null, error instanceof SyntaxError ? "no JSON" : (error as Error).message);
      }
      if (this.#bySchema.size < MAX_WRITERS && this.#text + json.length <= MAX_WRITER_TEXT) {
        this.#text += json.length;
        this.#bySchema.set(json, writer);
      }
    }
    return writer;
  }

  /** The writer that the header of a single-object value names. */
  ofFingerprint(value: Buffer): Writer | undefined {
    const low = value.readUInt32LE(2);
    const high = value.readUInt32LE(6);
    for (const known of this.#known) if (known.low === low && known.high === high) return known.writer;
    return undefined;
  }

  ofRegistry(id: number, found: RegisteredSchema): Writer {
    let writer = this.#byRegistryId.get(id);
    if (!writer) {
      writer = new Writer(found.schemaJson ?? "", found.schema);
      this.#byRegistryId.set(id, writer);
    }
    return writer;
  }
}

/**
 * Texts of the writer schemas in `<reference>/schemas/*.avsc`; none where the folder does not exist.
 * Throws FP1002 naming the file that is no Avro schema.
 */
export async function loadWriterSchemas(referenceDir: string): Promise<string[]> {
  const dir = join(referenceDir, "schemas");
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new FundpulseError("FP1002", `${dir} cannot be read (${error.code})`, { cause: error });
  });
  const schemas: string[] = [];
  for (const name of names.filter((n) => n.endsWith(".avsc")).sort()) {
    const path = join(dir, name);
    try {
      const json = await readFile(path, "utf8");
      parseAvro(json);
      schemas.push(json);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FundpulseError("FP1002", `${path} is no Avro schema: ${why}`, { cause });
    }
  }
  return schemas;
}

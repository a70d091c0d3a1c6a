import { MAX_SCALE, semanticOf } from "../fields/wire.js";

/** Avro writer schemas: parsed with names resolved, their canonical form and CRC-64-AVRO fingerprint. */

export type AvroPrimitive = "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string";

/** A schema node with every name resolved; a recursive schema is a cyclic graph. */
export type AvroNode =
  | ({ readonly kind: AvroPrimitive } & Meaning)
  | ({ readonly kind: "fixed"; readonly name: string; readonly size: number } & Meaning)
  | { readonly kind: "enum"; readonly name: string; readonly symbols: readonly string[] }
  | { readonly kind: "array" | "map"; readonly items: AvroNode }
  | { readonly kind: "union"; readonly branches: readonly AvroNode[] }
  | {
      readonly kind: "record";
      readonly name: string;
      readonly fields: readonly AvroField[];
      /** What its `connect.name` comes to. */
      readonly semantic: string | null;
    };

/** What a primitive or fixed value means. */
export interface Meaning {
  /** The logical type; that of a `connect.name` stands before Avro's own. */
  readonly logical: string | null;
  readonly scale: number;
  /** A `connect.name` that nobody here knows: its values must not be guessed at. */
  readonly unknown?: string;
}

export interface AvroField {
  readonly name: string;
  readonly node: AvroNode;
}

const PRIMITIVES: ReadonlySet<string> = new Set([
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "bytes",
  "string",
]);
const MAX_NESTING = 64;
const MAX_NODES = 10_000;
/** Longest schema text that is parsed, in characters. */
const MAX_SCHEMA_LENGTH = 1_048_576;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

type Json = Record<string, unknown>;

/** Named types known so far; given to several `parseAvro` calls to resolve schema references. */
export type AvroNames = Map<string, AvroNode>;

class Parser {
  #nodes = 0;

  constructor(readonly names: AvroNames) {}

  node(schema: unknown, namespace: string, depth: number): AvroNode {
    if (depth > MAX_NESTING) throw new Error(`Avro schema nested deeper than ${MAX_NESTING}`);
    if (++this.#nodes > MAX_NODES) throw new Error(`Avro schema of more than ${MAX_NODES} types and fields`);
    if (typeof schema === "string") return this.named(schema, namespace);
    if (Array.isArray(schema)) {
      if (schema.length === 0) throw new Error("Avro schema has an empty union");
      return { kind: "union", branches: schema.map((s) => this.node(s, namespace, depth + 1)) };
    }
    if (typeof schema !== "object" || schema === null) throw new Error("Avro schema is no object");
    const s = schema as Json;
    const type = s.type;
    if (typeof type === "object") return this.node(type, namespace, depth + 1);
    if (typeof type !== "string") throw new Error("Avro schema without a type");
    if (PRIMITIVES.has(type)) return { kind: type as AvroPrimitive, ...logical(s) };
    switch (type) {
      case "array":
        return { kind: "array", items: this.node(s.items, namespace, depth + 1) };
      case "map":
        return { kind: "map", items: this.node(s.values, namespace, depth + 1) };
      case "fixed": {
        const size = s.size;
        if (!Number.isInteger(size) || (size as number) < 0) throw new Error("Avro fixed without a size");
        const name = fullName(s, namespace);
        return this.define(name, { kind: "fixed", name, size: size as number, ...logical(s) });
      }
      case "enum": {
        const symbols = s.symbols;
        if (!Array.isArray(symbols) || symbols.some((x) => typeof x !== "string"))
          throw new Error("Avro enum without symbols");
        const name = fullName(s, namespace);
        return this.define(name, { kind: "enum", name, symbols: symbols as string[] });
      }
      case "record":
      case "error":
        return this.record(s, namespace, depth);
      default:
        return this.named(type, namespace);
    }
  }

  private record(s: Json, namespace: string, depth: number): AvroNode {
    const name = fullName(s, namespace);
    const inner = name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : "";
    const fields: AvroField[] = [];
    const semantic = semanticOf(String(s["connect.name"] ?? name)) ?? null;
    const node = this.define(name, { kind: "record", name, fields, semantic });
    if (!Array.isArray(s.fields)) throw new Error("Avro record without fields");
    for (const field of s.fields as Json[]) {
      if (typeof field?.name !== "string") throw new Error("Avro field without a name");
      fields.push({ name: field.name, node: this.node(field.type, inner, depth + 1) });
    }
    return node;
  }

  private define(name: string, node: AvroNode): AvroNode {
    if (this.names.has(name)) throw new Error(`Avro type ${name} is defined twice`);
    this.names.set(name, node);
    return node;
  }

  private named(name: string, namespace: string): AvroNode {
    if (PRIMITIVES.has(name)) return { kind: name as AvroPrimitive, logical: null, scale: 0 };
    const full = name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
    const node = this.names.get(full) ?? this.names.get(name);
    if (!node) throw new Error(`Avro type ${full.slice(0, 200)} is not defined`);
    return node;
  }
}

function logical(s: Json): Meaning {
  const parameters = (s["connect.parameters"] ?? {}) as Json;
  const scale = Number(s.scale ?? parameters.scale ?? 0);
  if (!Number.isInteger(scale) || scale < 0 || scale > MAX_SCALE) {
    throw new Error(`Avro decimal with a scale outside 0 to ${MAX_SCALE}`);
  }
  const own = typeof s.logicalType === "string" ? s.logicalType : null;
  const connect = s["connect.name"];
  if (typeof connect !== "string") return { logical: own, scale };
  const semantic = semanticOf(connect);
  if (semantic === undefined) return { logical: own, scale, unknown: connect };
  return { logical: semantic === "text" ? null : semantic, scale };
}

function fullName(s: Json, namespace: string): string {
  const name = s.name;
  if (typeof name !== "string" || !NAME.test(name)) throw new Error("Avro named type without a proper name");
  if (name.includes(".")) return name;
  const space = typeof s.namespace === "string" ? s.namespace : namespace;
  return space === "" ? name : `${space}.${name}`;
}

/** Parses a schema's JSON text. Throws an Error that names what is wrong with the schema. */
export function parseAvro(json: string, names: AvroNames = new Map()): AvroNode {
  if (json.length > MAX_SCHEMA_LENGTH)
    throw new Error(`Avro schema longer than ${MAX_SCHEMA_LENGTH} characters`);
  return new Parser(names).node(JSON.parse(json), "", 0);
}

/** Parsing Canonical Form of the Avro specification, on which fingerprints stand. */
export function canonicalForm(node: AvroNode, seen: Set<string> = new Set()): string {
  const text = JSON.stringify;
  switch (node.kind) {
    case "union":
      return `[${node.branches.map((b) => canonicalForm(b, seen)).join(",")}]`;
    case "array":
      return `{"type":"array","items":${canonicalForm(node.items, seen)}}`;
    case "map":
      return `{"type":"map","values":${canonicalForm(node.items, seen)}}`;
    case "fixed":
    case "enum":
    case "record":
      break;
    default:
      return text(node.kind);
  }
  if (seen.has(node.name)) return text(node.name);
  seen.add(node.name);
  const head = `{"name":${text(node.name)},"type":"${node.kind}"`;
  if (node.kind === "fixed") return `${head},"size":${node.size}}`;
  if (node.kind === "enum") return `${head},"symbols":[${node.symbols.map((x) => text(x)).join(",")}]}`;
  const fields = node.fields.map((f) => `{"name":${text(f.name)},"type":${canonicalForm(f.node, seen)}}`);
  return `${head},"fields":[${fields.join(",")}]}`;
}

const EMPTY = 0xc15d213aa4d7a795n;
const TABLE = Array.from({ length: 256 }, (_, i) => {
  let fp = BigInt(i);
  for (let bit = 0; bit < 8; bit++) fp = (fp >> 1n) ^ (EMPTY & -(fp & 1n) & 0xffff_ffff_ffff_ffffn);
  return fp;
});

/** CRC-64-AVRO of a canonical form, as the 8 little-endian bytes of the single-object encoding. */
export function rabinFingerprint(canonical: string): Buffer {
  let fp = EMPTY;
  for (const byte of Buffer.from(canonical)) fp = (fp >> 8n) ^ TABLE[Number((fp ^ BigInt(byte)) & 0xffn)];
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(fp);
  return bytes;
}

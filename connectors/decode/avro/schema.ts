import avro from "avsc";
import { MAX_SCALE, semanticOf } from "../fields/wire.js";
import { checkSize, checkZeroBytes, MAX_SCHEMA_LENGTH } from "./limits.js";
import type { AvroField, AvroNode, AvroPrimitive, Meaning } from "./node.js";

/** Avro writer schemas: checked by avsc, with names resolved and what their values mean. */

/** What reads and checks a writer's records: avsc's type, and its schema as a graph with what values mean. */
export interface WriterSchema {
  readonly type: avro.Type;
  readonly node: AvroNode;
}

/** Named types known so far; given to several `parseAvro` calls to resolve schema references. */
export class AvroNames {
  readonly types: Record<string, avro.Type> = {};
  readonly nodes = new Map<string, AvroNode>();
}

/** 64 bits, exact. */
const LONG = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: (value: number) => BigInt(value),
  toJSON: (value: bigint) => Number(value),
  isValid: (value: unknown) => typeof value === "bigint",
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

type Json = Record<string, unknown>;

/** Builds the graph of a schema that avsc has accepted. */
class Graph {
  constructor(readonly names: Map<string, AvroNode>) {}

  node(schema: unknown, namespace: string): AvroNode {
    if (typeof schema === "string") return this.named(schema, namespace);
    if (Array.isArray(schema)) {
      return { kind: "union", branches: schema.map((s) => this.node(s, namespace)) };
    }
    const s = schema as Json;
    switch (s.type) {
      case "array":
        return { kind: "array", items: this.node(s.items, namespace) };
      case "map":
        return { kind: "map", items: this.node(s.values, namespace) };
      case "fixed": {
        const name = fullName(s, namespace);
        return this.define(name, { kind: "fixed", name, size: s.size as number, ...logical(s) });
      }
      case "enum": {
        const name = fullName(s, namespace);
        return this.define(name, { kind: "enum", name, symbols: s.symbols as string[] });
      }
      case "record":
      case "error":
        return this.record(s, namespace);
      default:
        if (avro.Type.isType(s.type)) throw new Error("Avro schema of another kind");
        return typeof s.type === "string" && isPrimitive(s.type)
          ? { kind: s.type, ...logical(s) }
          : this.node(s.type, namespace);
    }
  }

  private record(s: Json, namespace: string): AvroNode {
    const name = fullName(s, namespace);
    const inner = name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : "";
    const fields: AvroField[] = [];
    const semantic = semanticOf(String(s["connect.name"] ?? name)) ?? null;
    const node = this.define(name, { kind: "record", name, fields, semantic });
    for (const field of s.fields as Json[]) {
      fields.push({ name: field.name as string, node: this.node(field.type, inner) });
    }
    return node;
  }

  private define(name: string, node: AvroNode): AvroNode {
    this.names.set(name, node);
    return node;
  }

  private named(name: string, namespace: string): AvroNode {
    if (isPrimitive(name)) return { kind: name, logical: null, scale: 0 };
    const full = name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
    const node = this.names.get(full) ?? this.names.get(name);
    if (!node) throw new Error(`Avro type ${full.slice(0, 200)} is not defined`);
    return node;
  }
}

const PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
const isPrimitive = (name: string): name is AvroPrimitive => PRIMITIVES.includes(name);

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
  const name = s.name as string;
  if (name.includes(".")) return name;
  const space = typeof s.namespace === "string" ? s.namespace : namespace;
  return space === "" ? name : `${space}.${name}`;
}

/**
 * Parses a schema's JSON text: what it asks for is limited before anything is compiled, then avsc holds it against
 * the specification. Throws an Error that names what is wrong with the schema.
 */
export function parseAvro(json: string, names = new AvroNames()): WriterSchema {
  if (json.length > MAX_SCHEMA_LENGTH)
    throw new Error(`Avro schema longer than ${MAX_SCHEMA_LENGTH} characters`);
  const schema: unknown = JSON.parse(json);
  checkSize(schema);
  const type = checked(schema, names);
  const node = new Graph(names.nodes).node(schema, "");
  checkZeroBytes(node);
  return { type, node };
}

function checked(schema: unknown, { types }: AvroNames): avro.Type {
  try {
    return avro.Type.forSchema(
      schema as avro.Schema,
      {
        registry: types,
        wrapUnions: true,
        logicalTypes: {},
        // A logical type that does not fit stands for nothing, as the specification has it; names are needed.
        noAnonymousTypes: true,
        typeHook: (s: unknown) => (s === "long" || (s as Json | null)?.type === "long" ? LONG : undefined),
      } as unknown as avro.ForSchemaOptions,
    );
  } catch (error) {
    throw new Error(`Avro schema: ${(error as Error).message.slice(0, 200)}`);
  }
}

/** Parsing Canonical Form of the Avro specification, on which fingerprints stand. */
export const canonicalForm = ({ type }: WriterSchema): string => JSON.stringify(type.schema());

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

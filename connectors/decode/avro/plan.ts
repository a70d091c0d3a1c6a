import type { Field, TextKind } from "../../../schemas/input/streams.js";
import type { Rejection } from "../../../schemas/quarantine.js";
import type { Layout } from "../fields/slots.js";
import type { AvroNode } from "./node.js";
import type { WriterSchema } from "./schema.js";

/**
 * What one step does with the next writer field. `text` to `amount` are the common case of a type; `alias`
 * fills a slot that is still empty; `deletion` reads what the record says of its own deletion.
 */
export const OP = {
  skip: 0,
  convert: 1,
  text: 2,
  instantMs: 3,
  date: 4,
  int: 5,
  amount: 6,
  alias: 7,
  deletion: 8,
} as const;

/** One writer field: where its value goes and how it is read. */
export interface Step {
  readonly op: number;
  /** The writer's field, with its node before a null beside it was taken off. */
  readonly name: string;
  readonly declared: AvroNode;
  readonly slot: number;
  /** First byte of a null and of a value where the field is a union with null of two branches; else -1. */
  readonly nullTag: number;
  readonly valueTag: number;
  readonly text: TextKind | null;
  readonly node: AvroNode;
  /** The field of ours that it fills; undefined where it is skipped. */
  readonly field: Field | undefined;
}

function quickOp(node: AvroNode, field: Field): number {
  const plain = "logical" in node && node.logical === null;
  switch (field.type) {
    case "string":
      return node.kind === "string" ? OP.text : OP.convert;
    case "instant":
      return node.kind === "long" && node.logical === "timestamp-millis" ? OP.instantMs : OP.convert;
    case "date":
      return node.kind === "int" && (plain || node.logical === "date") ? OP.date : OP.convert;
    case "int":
      return node.kind === "int" && plain ? OP.int : OP.convert;
    case "amount":
      return node.kind === "bytes" && node.logical === "decimal" && node.scale === 2 ? OP.amount : OP.convert;
    default:
      return OP.convert;
  }
}

/** The steps that read one record of a writer schema into the slots of a stream, in the writer's order. */
export interface RecordPlan {
  readonly kind: "record";
  readonly steps: readonly Step[];
  readonly writer: WriterSchema;
  /** The steps can walk over the bytes themselves; else avsc reads the record, and they take its values. */
  readonly walks: boolean;
}

/** A Debezium envelope: its own fields in the writer's order, and how its two images of the row are read. */
export interface EnvelopePlan {
  readonly kind: "envelope";
  readonly writer: WriterSchema;
  readonly parts: readonly {
    readonly name: string;
    readonly node: AvroNode;
    /** Of `before` and `after`. */
    readonly image: RecordPlan | null;
  }[];
}

export type Plan = RecordPlan | EnvelopePlan;

const IMAGES: readonly string[] = ["before", "after"];

/** The record of a node that may be null beside it; null where it is none. */
function recordOf(node: AvroNode): (AvroNode & { kind: "record" }) | null {
  if (node.kind === "record") return node;
  if (node.kind !== "union") return null;
  const records = node.branches.filter((branch) => branch.kind === "record");
  const others = node.branches.filter((branch) => branch.kind !== "record" && branch.kind !== "null");
  return records.length === 1 && others.length === 0 ? records[0] : null;
}

/**
 * How records of a writer schema are read into the slots of a stream: fields are matched by name, then by
 * the layout's other names. A rejection where the schema is no record (`undecodable`), or where a field that
 * we need has a semantic type that nobody here knows (`unknown_schema`).
 */
export function compile(schema: WriterSchema, layout: Layout): Plan | Rejection {
  const { node: writer } = schema;
  if (writer.kind !== "record") return { reason: "undecodable", detail: "the writer schema is no record" };
  const names = new Set(writer.fields.map((f) => f.name));
  if (names.has("op") && IMAGES.some((name) => names.has(name)) && !names.has(layout.fields[0].name)) {
    return compileEnvelope(schema, writer, layout);
  }
  const foreign = writer.fields.find(({ name, node }) => layout.slotOf.has(name) && unknownSemantic(node));
  if (foreign) {
    const detail = `${foreign.name} has the semantic type ${unknownSemantic(foreign.node)}, which is not known`;
    return { reason: "unknown_schema", detail };
  }
  const steps = writer.fields.map(({ name, node }) => stepOf(name, node, layout));
  return {
    kind: "record",
    steps,
    writer: schema,
    walks: layout.stream === "settlement" && steps.every(walks),
  };
}

/** Whether a step can read its field from the bytes: the usual types, and those that are stepped over at once. */
function walks({ op, node }: Step): boolean {
  if (op === OP.skip) return !["record", "array", "map", "union"].includes(node.kind);
  return op !== OP.convert && op !== OP.alias && op !== OP.deletion;
}

function compileEnvelope(
  schema: WriterSchema,
  writer: AvroNode & { kind: "record" },
  layout: Layout,
): EnvelopePlan | Rejection {
  const parts: { name: string; node: AvroNode; image: RecordPlan | null }[] = [];
  for (const { name, node } of writer.fields) {
    const row = IMAGES.includes(name) ? recordOf(node) : null;
    const image = row && compile({ type: schema.type, node: row }, layout);
    if (image && "reason" in image) return image;
    parts.push({ name, node, image: image?.kind === "record" ? image : null });
  }
  return { kind: "envelope", parts, writer: schema };
}

/** The `connect.name` inside a node that is not known; null where there is none. */
function unknownSemantic(node: AvroNode): string | null {
  if (node.kind === "union") {
    for (const branch of node.branches) {
      const found = unknownSemantic(branch);
      if (found !== null) return found;
    }
  }
  return "unknown" in node && node.unknown !== undefined ? node.unknown : null;
}

function stepOf(name: string, declared: AvroNode, layout: Layout): Step {
  let node = declared;
  let nullTag = -1;
  let valueTag = -1;
  if (node.kind === "union" && node.branches.length === 2) {
    const nullAt = node.branches.findIndex((b) => b.kind === "null");
    if (nullAt >= 0 && node.branches[1 - nullAt].kind !== "null") {
      nullTag = nullAt * 2;
      valueTag = 2 - nullTag;
      node = node.branches[1 - nullAt];
    }
  }
  const found = layout.slotOf.get(name) ?? -1;
  const deletes = layout.deletion.includes(found);
  const alias = layout.aliases.find((a) => a.slot === found);
  const slot = alias ? alias.of : found;
  const field = deletes ? undefined : layout.fields[slot];
  const op = deletes ? OP.deletion : alias ? OP.alias : field ? quickOp(node, field) : OP.skip;
  // One literal for every step: with a spread the reader of records took half as long again.
  return { op, name, declared, slot, nullTag, valueTag, text: field?.text ?? null, node, field };
}

import type { Field } from "../../../schemas/input/streams.js";
import type { Layout } from "../fields/slots.js";
import { PROSE_FIELDS } from "../fields/values.js";
import type { AvroNode } from "./schema.js";

/** What one step does with the next writer field. All but the first five are the common case of a type. */
export const OP = { skip: 0, convert: 1, text: 2, instantMs: 3, date: 4, int: 5, amount: 6 } as const;

/** One writer field: where its value goes and how it is read. */
export interface Step {
  readonly op: number;
  readonly slot: number;
  /** First byte of a null and of a value where the field is a union with null of two branches; else -1. */
  readonly nullTag: number;
  readonly valueTag: number;
  readonly prose: boolean;
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
      return node.kind === "long" && (plain || node.logical === "timestamp-millis")
        ? OP.instantMs
        : OP.convert;
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

/**
 * The steps that read one record of a writer schema into the slots of a stream, in the writer's order.
 * Null where the schema is no record. Fields are matched by name; aliases are ignored.
 */
export function compile(writer: AvroNode, layout: Layout): Step[] | null {
  if (writer.kind !== "record") return null;
  return writer.fields.map(({ name, node: declared }): Step => {
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
    const slot = layout.slotOf.get(name) ?? -1;
    const field = layout.fields[slot];
    const op = field ? quickOp(node, field) : OP.skip;
    return { op, slot, nullTag, valueTag, prose: PROSE_FIELDS.has(name), node, field };
  });
}

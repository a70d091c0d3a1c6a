import type { Field } from "../../../schemas/input/streams.js";
import { textOfUtf8 } from "../fields/values.js";
import { decimalWire, type Wire } from "../fields/wire.js";
import type { AvroNode } from "./node.js";

/** A value of a union as avsc gives it: null, or an object whose one key is the name of its branch. */
export function unwrapped(
  node: AvroNode,
  value: unknown,
): { readonly node: AvroNode; readonly value: unknown } {
  if (node.kind !== "union") return { node, value };
  const name = value === null ? "null" : Object.keys(value as object)[0];
  const branch = node.branches.find((b) => ("name" in b ? b.name : b.kind) === name)!;
  return { node: branch, value: value === null ? null : (value as Record<string, unknown>)[name] };
}

/** A value that avsc has read, with what its schema says that it means. */
export function wireOf(declared: AvroNode, given: unknown, wanted: Field): Wire {
  const { node, value } = unwrapped(declared, given);
  switch (node.kind) {
    case "null":
      return { is: "null" };
    case "string":
    case "enum":
      return { is: "text", text: value as string };
    case "bytes":
    case "fixed": {
      const bytes = value as Buffer;
      if (node.logical === "decimal") return decimalWire(bytes, node.scale);
      const text = node.kind === "bytes" && wanted.type === "string" ? textOfUtf8(bytes) : null;
      return text === null ? { is: "other" } : { is: "text", text };
    }
    case "int":
    case "long":
      return { is: "integer", value: BigInt(value as number | bigint), logical: node.logical };
    case "float":
    case "double":
      return { is: "number", value: value as number };
    case "record": {
      // Debezium's decimal that brings its own scale.
      const { scale, value: bytes } = value as { scale?: unknown; value?: unknown };
      return node.semantic === "variable-decimal" && typeof scale === "number" && Buffer.isBuffer(bytes)
        ? decimalWire(bytes, scale)
        : { is: "other" };
    }
    case "map": {
      if (wanted.type !== "map" || node.items.kind === "map") return { is: "other" };
      const entries: [string, unknown][] = [];
      for (const [key, item] of Object.entries(value as object)) {
        const wire = wireOf(node.items, item, wanted);
        if (wire.is !== "null") entries.push([key, wire.is === "text" ? wire.text : null]);
      }
      return { is: "map", entries };
    }
    default:
      return { is: "other" };
  }
}

/** A text, boolean or integer as text; empty for anything else. */
export function plainText(declared: AvroNode, given: unknown): string {
  const { value } = unwrapped(declared, given);
  return ["string", "boolean", "number", "bigint"].includes(typeof value) ? String(value) : "";
}

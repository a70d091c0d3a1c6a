import type { AvroNode } from "./node.js";

/** What a writer's schema may ask of us. Real ones have some hundred fields, three levels and a few kilobytes. */

/** Longest schema text that is parsed, in characters. */
export const MAX_SCHEMA_LENGTH = 1_048_576;
const MAX_NESTING = 64;
const MAX_NODES = 10_000;
/** A level of records takes up to four of JSON: the record, its list of fields, the field, its union. */
const JSON_LEVELS = 4;
/** Values that take no byte (null, empty records) in one record: nothing in its data limits their number. */
const MAX_ZERO_BYTES = 100;

/** Throws where a schema, as JSON, is larger or deeper than any that is meant. Walks without recursion. */
export function checkSize(schema: unknown): void {
  let nodes = 0;
  let level: unknown[] = [schema];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_NESTING * JSON_LEVELS) throw new Error(`Avro schema nested deeper than ${MAX_NESTING}`);
    const next: unknown[] = [];
    for (const value of level) {
      if (Array.isArray(value)) {
        nodes += value.length;
        next.push(...value.filter(isNested));
      } else if (isNested(value)) {
        nodes++;
        next.push(...Object.values(value as object).filter(isNested));
      }
      if (nodes > MAX_NODES)
        throw new Error(`Avro schema of more than ${MAX_NODES} types, fields and symbols`);
    }
    level = next;
  }
}

const isNested = (value: unknown): boolean => typeof value === "object" && value !== null;

/**
 * Throws where a record contains itself without end, or holds so many values of no bytes that reading it takes
 * longer than its data are long: records inside records can double them at each level.
 */
export function checkZeroBytes(root: AvroNode): void {
  const known = new Map<AvroNode, number>();
  const open = new Set<AvroNode>();
  const count = (node: AvroNode, depth: number): number => {
    const found = known.get(node);
    if (found !== undefined) return found;
    if (open.has(node)) throw new Error("Avro schema with a record that contains itself without end");
    if (depth > MAX_NESTING) throw new Error(`Avro schema nested deeper than ${MAX_NESTING}`);
    open.add(node);
    let zero = 0;
    if (node.kind === "null" || (node.kind === "fixed" && node.size === 0)) zero = 1;
    else if (node.kind === "record") {
      zero = node.fields.length === 0 ? 1 : 0;
      for (const field of node.fields) zero += count(field.node, depth + 1);
    }
    open.delete(node);
    if (zero > MAX_ZERO_BYTES)
      throw new Error(`Avro schema with more than ${MAX_ZERO_BYTES} values of no bytes`);
    known.set(node, zero);
    return zero;
  };
  // What stands behind a union, an array or a map is a record of its own: at least a byte leads to it.
  const seen = new Set<AvroNode>();
  const waiting: [AvroNode, number][] = [[root, 0]];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const [node, depth] = at;
    if (seen.has(node)) continue;
    seen.add(node);
    if (depth > MAX_NESTING) throw new Error(`Avro schema nested deeper than ${MAX_NESTING}`);
    count(node, 0);
    if (node.kind === "union") for (const branch of node.branches) waiting.push([branch, depth + 1]);
    else if (node.kind === "array" || node.kind === "map") waiting.push([node.items, depth + 1]);
    else if (node.kind === "record") for (const field of node.fields) waiting.push([field.node, depth + 1]);
  }
}

import { describe, expect, it } from "vitest";
import { canonicalForm, parseAvro, rabinFingerprint } from "../../../../connectors/decode/avro/schema.js";

const fingerprint = (schema: unknown): string =>
  Buffer.from(rabinFingerprint(canonicalForm(parseAvro(JSON.stringify(schema)))))
    .reverse()
    .toString("hex");

describe("canonical form", () => {
  it("keeps names, types and sizes alone, with names in full and in the order of the specification", () => {
    const schema = {
      fields: [
        { doc: "d", type: { type: "string", "avro.java.string": "String" }, name: "a", default: "x" },
        { name: "b", type: ["null", { type: "fixed", size: 4, name: "F" }], aliases: ["c"] },
        { name: "d", type: "F" },
        { name: "e", type: { items: { symbols: ["X"], name: "other.E", type: "enum" }, type: "array" } },
      ],
      namespace: "n.s",
      name: "R",
      type: "record",
    };
    expect(canonicalForm(parseAvro(JSON.stringify(schema)))).toBe(
      '{"name":"n.s.R","type":"record","fields":[{"name":"a","type":"string"},' +
        '{"name":"b","type":["null",{"name":"n.s.F","type":"fixed","size":4}]},{"name":"d","type":"n.s.F"},' +
        '{"name":"e","type":{"type":"array","items":{"name":"other.E","type":"enum","symbols":["X"]}}}]}',
    );
  });

  it("writes a recursive type once", () => {
    const tree = { type: "record", name: "T", fields: [{ name: "next", type: ["null", "T"] }] };
    expect(canonicalForm(parseAvro(JSON.stringify(tree)))).toBe(
      '{"name":"T","type":"record","fields":[{"name":"next","type":["null","T"]}]}',
    );
  });

  // The Avro project's own values (share/test/data/schema-tests.txt).
  it.each([
    ["null", "63dd24e7cc258f8a"],
    ["boolean", "9f42fc78a4d4f764"],
    ["int", "7275d51a3f395c8f"],
    ["long", "d054e14493f41db7"],
    ["float", "4d7c02cb3ea8d790"],
    ["double", "8e7535c032ab957e"],
    ["bytes", "4fc016dac3201965"],
    ["string", "8f014872634503c7"],
  ])("fingerprint of %s", (schema, expected) => {
    expect(fingerprint(schema)).toBe(expected);
    expect(fingerprint({ type: schema, logicalType: "anything" })).toBe(expected);
  });
});

describe("schemas that are none", () => {
  it.each([
    "nothing",
    [],
    {},
    { type: "record", name: "R" },
    { type: "record", fields: [] },
    { type: "fixed", name: "F" },
    { type: "enum", name: "E" },
    { type: "array" },
    { type: "record", name: "R", fields: [{ name: "a", type: "Missing" }] },
    { type: "record", name: "1R", fields: [] },
    { type: "record", name: "R", fields: [{ name: "a", type: { type: "fixed", size: 1, name: "R" } }] },
  ])("%j", (schema) => {
    expect(() => parseAvro(JSON.stringify(schema))).toThrow(/Avro/);
  });

  it("nested without end", () => {
    let schema: unknown = "int";
    for (let i = 0; i < 1000; i++) schema = { type: "array", items: schema };
    expect(() => parseAvro(JSON.stringify(schema))).toThrow(/nested/);
  });
});

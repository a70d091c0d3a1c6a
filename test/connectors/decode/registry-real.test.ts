import { afterAll, describe, expect, it } from "vitest";
import { SchemaRegistry } from "../../../connectors/decode/registry.js";
import { avroSchema } from "../../../schemas/input/streams.js";
import { startRegistry } from "../../support/registry.js";

const registry = await startRegistry();
const at = registry?.url ?? "";

describe.skipIf(registry === null)("a real schema registry", () => {
  afterAll(() => registry?.stop());

  it("gives writer schemas by their id", async () => {
    const schema = avroSchema("settlement");
    const id = (await registry?.register("fund.settlement-value", schema)) as number;
    const client = new SchemaRegistry({ url: at });
    await client.load([id, id + 1000]);
    expect(JSON.parse(client.get(id).schemaJson ?? "null")).toEqual(schema);
    expect(client.get(id + 1000).schemaJson).toBeNull();
  });
});

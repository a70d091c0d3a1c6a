import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import avro from "avsc";
import { afterEach, describe, expect, it } from "vitest";
import { SchemaRegistry, type SchemaRegistryOptions } from "../../../connectors/decode/registry.js";
import { avroSchema } from "../../../schemas/input/streams.js";
import { batchOf, decodeAll, makeDecoder } from "../../support/decoding.js";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const json =
  (status: number, body: unknown): Answer =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };

/** A registry that answers each path by its handler, 404 otherwise, and notes what was asked. */
async function registry(answers: Record<string, Answer>, options: Partial<SchemaRegistryOptions> = {}) {
  const asked: string[] = [];
  const here = createServer((request, response) => {
    asked.push(request.url ?? "");
    (answers[request.url ?? ""] ?? json(404, { error_code: 40403, message: "Schema not found" }))(
      request,
      response,
    );
  });
  server = here;
  await new Promise<void>((resolve) => here.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(here.address() as AddressInfo).port}/base/`;
  return { asked, url, client: new SchemaRegistry({ url, patienceMs: 400, ...options }) };
}

const enrolment = avroSchema("enrolment");
const record = {
  as_of: 19782,
  admdvs: "620725",
  insurance: "resident",
  group: null,
  sex: null,
  persons: 5,
  paid_persons: null,
  target_persons: null,
  updt_time: 0,
};
const confluent = (id: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(id, 1);
  return Buffer.concat([head, body]);
};
const value = (id: number): Buffer =>
  confluent(id, avro.Type.forSchema(enrolment as avro.Schema).toBuffer(record));

describe("the Confluent wire format", () => {
  it("is decoded with the registry's schema, asked for once however many records name it", async () => {
    const { client, asked } = await registry({
      "/base/schemas/ids/7": json(200, { schema: JSON.stringify(enrolment), references: [] }),
    });
    const decoder = makeDecoder({ registry: client });
    const payload = { kind: "values", values: [value(7), null, value(7), value(8)] } as const;
    await Promise.all([1, 2, 3].map(() => decoder.prepare(batchOf("enrolment", payload))));
    await decoder.prepare(batchOf("enrolment", payload));
    const all = decodeAll("enrolment", payload, decoder);
    expect(all[0].record).toEqual(record);
    expect(all[2].record).toEqual(record);
    expect(all[3].rejection).toBe("unknown_schema: the schema registry has no schema 8");
    expect(asked.sort()).toEqual(["/base/schemas/ids/7", "/base/schemas/ids/8"]);
  });

  it("without a registry is unknown_schema; too short is undecodable", async () => {
    const decoder = makeDecoder();
    const payload = { kind: "values", values: [value(1), Buffer.of(0, 0, 0)] } as const;
    await decoder.prepare(batchOf("enrolment", payload));
    expect(decodeAll("enrolment", payload, decoder).map((d) => d.rejection?.split(":")[0])).toEqual([
      "unknown_schema",
      "undecodable",
    ]);
  });

  it("with bytes that are no record of the schema is undecodable", async () => {
    const { client } = await registry({
      "/base/schemas/ids/7": json(200, { schema: JSON.stringify(enrolment) }),
    });
    const decoder = makeDecoder({ registry: client });
    const payload = {
      kind: "values",
      values: [value(7).subarray(0, 20), Buffer.concat([value(7), Buffer.of(1)])],
    } as const;
    await decoder.prepare(batchOf("enrolment", payload));
    expect(decodeAll("enrolment", payload, decoder).map((d) => d.rejection)).toEqual([
      "undecodable: the bytes are no record of their Avro schema",
      "undecodable: bytes are left over after the record",
    ]);
  });
});

describe("the registry client", () => {
  it("believes that a schema is missing for half a minute, then asks again", async () => {
    let now = 0;
    let there = false;
    const { client, asked } = await registry(
      { "/base/schemas/ids/3": (q, r) => (there ? json(200, { schema: '"int"' }) : json(404, {}))(q, r) },
      { now: () => now },
    );
    await client.load([3]);
    there = true;
    now = 29_999;
    await client.load([3]);
    expect(client.get(3).schemaJson).toBeNull();
    expect(asked.length).toBe(1);
    now = 30_001;
    await client.load([3]);
    expect(client.get(3).schemaJson).toBe('"int"');
  });

  it("resolves references, those of references and those named twice", async () => {
    const a = {
      type: "record",
      name: "n.A",
      fields: [
        { name: "b", type: "n.B" },
        { name: "c", type: "n.C" },
      ],
    };
    const b = { type: "record", name: "n.B", fields: [{ name: "c", type: "n.C" }] };
    const c = { type: "enum", name: "n.C", symbols: ["X"] };
    const { client, asked } = await registry({
      "/base/schemas/ids/1": json(200, {
        schema: JSON.stringify(a),
        references: [
          { name: "n.B", subject: "b/b", version: 2 },
          { name: "n.C", subject: "c", version: 1 },
        ],
      }),
      "/base/subjects/b%2Fb/versions/2": json(200, {
        schema: JSON.stringify(b),
        references: [{ name: "n.C", subject: "c", version: 1 }],
      }),
      "/base/subjects/c/versions/1": json(200, { schema: JSON.stringify(c) }),
    });
    await client.load([1]);
    expect(client.get(1).schema?.node?.kind).toBe("record");
    expect(asked.length).toBe(3);
  });

  it("a schema that is none, not Avro, or without its reference is told in the reason", async () => {
    const { client } = await registry({
      "/base/schemas/ids/1": json(200, { schema: "{" }),
      "/base/schemas/ids/2": json(200, { schema: "syntax = ...", schemaType: "PROTOBUF" }),
      "/base/schemas/ids/3": json(200, {
        schema: '"int"',
        references: [{ name: "x", subject: "x", version: 1 }],
      }),
      "/base/schemas/ids/4": json(200, {}),
      "/base/schemas/ids/5": json(200, { schema: '{"type":"object"}', schemaType: "JSON" }),
      "/base/schemas/ids/6": json(200, { schema: '{"type":"object","properties":{}}' }),
      "/base/schemas/ids/7": json(200, null),
      "/base/schemas/ids/8": json(200, "a text"),
      "/base/schemas/ids/9": json(200, [1]),
      "/base/schemas/ids/10": json(200, { schema: '"int"', references: "x" }),
      "/base/schemas/ids/11": json(200, { schema: '"int"', references: [null] }),
      "/base/schemas/ids/12": json(200, {
        schema: '{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}',
      }),
    });
    const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    await client.load(ids);
    expect(ids.map((id) => client.get(id).why)).toEqual([
      expect.stringContaining("schema 1: "),
      "schema 2 is PROTOBUF, not AVRO",
      "schema 3: reference x/1 is not there",
      "schema 4 has no text",
      "schema 5 is JSON, not AVRO",
      expect.stringContaining("schema 6: Avro schema"),
      "schema 7 has no text",
      "schema 8 has no text",
      "schema 9 has no text",
      "schema 10: its references are no list",
      "schema 11: a reference names no subject and version",
      expect.stringContaining("schema 12: Avro schema"),
    ]);
  });

  it("tries again after failures, and after answers that are no JSON", async () => {
    let tries = 0;
    const { client } = await registry(
      {
        "/base/schemas/ids/1": (q, r) => {
          tries++;
          if (tries === 1) r.writeHead(503).end("away");
          else if (tries === 2) q.socket.destroy();
          else if (tries === 3) r.end("<html>");
          else json(200, { schema: '"int"' })(q, r);
        },
      },
      { patienceMs: 15_000 },
    );
    await client.load([1]);
    expect(client.get(1).schemaJson).toBe('"int"');
    expect(tries).toBe(4);
  });

  it("that stays away is FP3006 with its address, and is asked anew the next time", async () => {
    const { client, url } = await registry({ "/base/schemas/ids/1": json(500, {}) });
    await expect(client.load([1])).rejects.toMatchObject({
      code: "FP3006",
      exitCode: 75,
      message: expect.stringContaining(`${url}schemas/ids/1`),
    });
    server?.closeAllConnections();
    server?.close();
    await expect(client.load([1])).rejects.toMatchObject({
      code: "FP3006",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("that refuses us is an error at once, with the address and without the password", async () => {
    const { url, asked } = await registry({ "/base/schemas/ids/1": json(401, {}) });
    const client = new SchemaRegistry({ url: url.replace("//", "//ann:s3cret@") });
    const error = await client.load([1]).catch((e) => e);
    expect(error).toMatchObject({ code: "FP3005" });
    expect(error.message).toContain(`${url}schemas/ids/1`);
    expect(error.message).not.toContain("s3cret");
    expect(asked.length).toBe(1);
  });

  it("logs in with basic authentication", async () => {
    const { client } = await registry(
      {
        "/base/schemas/ids/1": (q, r) =>
          json(
            q.headers.authorization === `Basic ${Buffer.from("ann:pä:ss").toString("base64")}` ? 200 : 401,
            { schema: '"int"' },
          )(q, r),
        "/base/subjects": json(200, []),
      },
      { username: "ann", password: "pä:ss" },
    );
    await client.load([1]);
    expect(client.get(1).schemaJson).toBe('"int"');
    expect(await client.check()).toContain("/base");
  });
});

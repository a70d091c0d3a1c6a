import {
  avroSchema,
  EARLIER_AVRO_SCHEMAS,
  type FieldType,
  STREAMS,
  type StreamName,
} from "../../schemas/input/streams.js";
import { canonicalForm, parseAvro, rabinFingerprint } from "../decode/avro/schema.js";
import { type FieldAliases, layoutOf } from "../decode/fields/slots.js";
import { text } from "./dialect.js";
import { absentReads } from "./normalise.js";

/** What the tables of the job are connected to. */
export interface Wiring {
  readonly brokers: readonly string[];
  /** Topics of the streams that the job reads, and of the figures that it writes. */
  readonly topics: { readonly settlement: string; readonly facility: string; readonly figures: string };
  /** Names the job, its consumer group and its transactions. */
  readonly name: string;
  readonly registryUrl?: string;
  /** Folder of the archive as the cluster knows it; where the configuration keeps one. */
  readonly archive?: string;
  /** Further properties of the Kafka clients, as they are. */
  readonly kafka: Readonly<Record<string, string>>;
}

/** How values of a stream are read. */
export interface Decoding {
  readonly timezone: string;
  /** JSON texts of writer schemas of the single-object encoding, beside our own. */
  readonly schemas: readonly string[];
  readonly aliases: FieldAliases;
}

const TYPES: Readonly<Record<FieldType, string>> = {
  string: "STRING",
  instant: "BIGINT",
  date: "INT",
  int: "INT",
  amount: "BIGINT",
  rate: "STRING",
  decimal: "STRING",
  map: "STRING",
};

const withOptions = (options: Readonly<Record<string, string | number>>): string =>
  Object.entries(options)
    .map(([key, value]) => `  ${text(key)} = ${text(String(value))}`)
    .join(",\n");

const clientOptions = ({ brokers, kafka }: Wiring): Record<string, string> => ({
  "properties.bootstrap.servers": brokers.join(","),
  ...Object.fromEntries(Object.entries(kafka).map(([key, value]) => [`properties.${key}`, value])),
});

/** The field table of a stream as the jar's format reads it. */
export function layoutJson(stream: StreamName, more: FieldAliases): string {
  const { fields, aliases, slotOf } = layoutOf(stream, more);
  const names = new Map([...slotOf].map(([name, slot]) => [slot, name]));
  return JSON.stringify(
    fields.map((f, i) => ({
      ...f,
      ...(stream === "settlement" ? { absent: absentReads(f.name) } : {}),
      aliases: aliases.flatMap(({ slot, of }) => (of === i ? [names.get(slot)] : [])),
    })),
  );
}

/**
 * Our own writer schemas of a stream and further ones, by their fingerprint in hex, as it stands in a message. Of two
 * that differ in what a fingerprint leaves out (logical types) the first stands, our own before any other.
 */
export function schemasJson(stream: StreamName, further: readonly string[]): string {
  const own = [avroSchema(stream), ...(stream === "settlement" ? EARLIER_AVRO_SCHEMAS : [])];
  const all = [...own.map((schema) => JSON.stringify(schema)), ...further];
  const found = new Map<string, string>();
  for (const json of all) {
    const fingerprint = rabinFingerprint(canonicalForm(parseAvro(json))).toString("hex");
    if (!found.has(fingerprint)) found.set(fingerprint, json);
  }
  return JSON.stringify(Object.fromEntries(found));
}

/** A stream as the jar's format gives it: every field in its normal form, and why a record could not be read. */
export function sourceTable(stream: "settlement" | "facility", wiring: Wiring, decoding: Decoding): string {
  const columns = [
    ...STREAMS[stream].fields.map((f) => `${f.name} ${TYPES[f.type]}`),
    ...(stream === "settlement" ? ["setl_day INT", "setl_month INT"] : []),
    "rejection STRING",
    "raw_value BYTES",
    "part INT METADATA FROM 'partition' VIRTUAL",
    "pos BIGINT METADATA FROM 'offset' VIRTUAL",
  ];
  const options = {
    connector: "kafka",
    topic: wiring.topics[stream],
    ...clientOptions(wiring),
    "properties.group.id": wiring.name,
    "properties.isolation.level": "read_committed",
    "properties.auto.offset.reset": "none",
    "scan.startup.mode": "earliest-offset",
    "value.format": "fundpulse",
    "value.fundpulse.fields": layoutJson(stream, decoding.aliases),
    "value.fundpulse.zone": decoding.timezone,
    "value.fundpulse.schemas": schemasJson(stream, decoding.schemas),
    ...(wiring.registryUrl ? { "value.fundpulse.registry": wiring.registryUrl } : {}),
  };
  return `CREATE TEMPORARY TABLE ${stream}_in (\n${columns.map((c) => `  ${c}`).join(",\n")}\n) WITH (\n${withOptions(options)}\n);`;
}

/**
 * Where the figures go: one writer, one transaction a checkpoint, so that what a reader of committed records sees up
 * to the last stable offset is one cut.
 */
export function figuresTable(wiring: Wiring): string {
  const options = {
    connector: "upsert-kafka",
    topic: wiring.topics.figures,
    ...clientOptions(wiring),
    "properties.transaction.timeout.ms": 900_000,
    "properties.compression.type": "lz4",
    "properties.linger.ms": 20,
    "properties.batch.size": 262_144,
    "key.format": "raw",
    "value.format": "json",
    "value.json.encode.ignore-null-fields": "true",
    "value.fields-include": "EXCEPT_KEY",
    "sink.delivery-guarantee": "exactly-once",
    "sink.transactional-id-prefix": wiring.name,
    "sink.parallelism": 1,
    // Only a checkpoint flushes.
    "sink.buffer-flush.max-rows": 200_000,
    "sink.buffer-flush.interval": "1 h",
  };
  return `CREATE TEMPORARY TABLE figures (\n  k STRING, v ARRAY<BIGINT>, t STRING, PRIMARY KEY (k) NOT ENFORCED\n) WITH (\n${withOptions(options)}\n);`;
}

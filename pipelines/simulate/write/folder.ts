import { createHash } from "node:crypto";
import { closeSync, openSync, renameSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { jsonText } from "../../../connectors/encode/json.js";
import { makeFolder } from "../../../connectors/files/modes.js";
import { avroSchema, type StreamName } from "../../../schemas/input/streams.js";
import { AvroRecordWriter } from "./avro.js";
import type { SimEvent } from "./event.js";

// Loaded so because the package has no types of its own.
const snappy = createRequire(import.meta.url)("snappyjs") as { compress(bytes: Buffer): Uint8Array };

export const FILE_FORMATS = ["avro", "ndjson"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];
export const AVRO_CODECS = ["null", "deflate", "snappy"] as const;
export type AvroCodec = (typeof AVRO_CODECS)[number];

export interface FolderWriterOptions {
  readonly format: FileFormat;
  /** Codec of the Avro blocks; default `null`. */
  readonly codec?: AvroCodec;
  /** Whole file gzipped, `.gz` added to the name. */
  readonly gzip?: boolean;
  /** Bytes of a block before compression; default 64 KiB. */
  readonly blockBytes?: number;
}

/** One file being written, under a name that no reader of the folder takes. */
interface OpenFile {
  readonly temporary: string;
  readonly final: string;
  readonly fd: number;
  readonly sync: Buffer;
  readonly records: AvroRecordWriter;
  lines: string;
  pending: number;
}

/**
 * Writes events into a drop folder: one file a stream at a time, named `<stream>-<label>.<ext>`, complete
 * when it appears under that name. Memory: one block a stream. Not durable against a crash: unfinished
 * files keep a name starting with a dot and are never read.
 */
export class FolderWriter {
  readonly #open = new Map<StreamName, OpenFile>();
  readonly #files: string[] = [];
  #label = "000001";
  readonly #blockBytes: number;

  constructor(
    readonly dir: string,
    readonly options: FolderWriterOptions,
  ) {
    makeFolder(dir);
    this.#blockBytes = options.blockBytes ?? 65_536;
  }

  /** Completes the open files; what follows goes to files of this label. Labels sort by name. */
  label(label: string): void {
    this.#finish();
    this.#label = label;
  }

  write(event: SimEvent): void {
    const file = this.#open.get(event.stream) ?? this.#start(event.stream);
    file.pending++;
    if (this.options.format === "avro") {
      file.records.write(event);
      if (file.records.length >= this.#blockBytes) this.#flush(file);
    } else {
      file.lines += `${jsonText(event)}\n`;
      if (file.lines.length >= this.#blockBytes) this.#flush(file);
    }
  }

  /** Completes every file and returns their paths in the order in which they were completed. */
  close(): string[] {
    this.#finish();
    return this.#files;
  }

  #finish(): void {
    for (const file of this.#open.values()) {
      this.#flush(file);
      closeSync(file.fd);
      renameSync(file.temporary, file.final);
      this.#files.push(file.final);
    }
    this.#open.clear();
  }

  #start(stream: StreamName): OpenFile {
    const { format, gzip } = this.options;
    const name = `${stream}-${this.#label}.${format}${gzip ? ".gz" : ""}`;
    const temporary = path.join(this.dir, `.${name}.writing`);
    const file: OpenFile = {
      temporary,
      final: path.join(this.dir, name),
      fd: openSync(temporary, "w"),
      // From the name, so that equal events give equal files.
      sync: createHash("md5").update(name).digest(),
      records: new AvroRecordWriter(),
      lines: "",
      pending: 0,
    };
    this.#open.set(stream, file);
    if (format === "avro") this.#put(file, containerHeader(stream, this.options.codec ?? "null", file.sync));
    return file;
  }

  #flush(file: OpenFile): void {
    if (file.pending === 0) return;
    if (this.options.format === "ndjson") {
      this.#put(file, Buffer.from(file.lines));
      file.lines = "";
    } else {
      const body = compress(
        file.records.buffer.subarray(0, file.records.length),
        this.options.codec ?? "null",
      );
      const head = new AvroRecordWriter();
      head.long(file.pending);
      head.long(body.length);
      this.#put(file, Buffer.concat([head.buffer.subarray(0, head.length), body, file.sync]));
      file.records.reset();
    }
    file.pending = 0;
  }

  #put(file: OpenFile, bytes: Buffer): void {
    // Gzip members may follow one another, so each block is compressed alone in constant memory.
    const out = this.options.gzip ? gzipSync(bytes, { level: 3 }) : bytes;
    for (let at = 0; at < out.length; ) at += writeSync(file.fd, out, at);
  }
}

function containerHeader(stream: StreamName, codec: AvroCodec, sync: Buffer): Buffer {
  const writer = new AvroRecordWriter();
  writer.long(2);
  writer.text("avro.schema");
  writer.text(JSON.stringify(avroSchema(stream)));
  writer.text("avro.codec");
  writer.text(codec);
  writer.long(0);
  const magic = Buffer.from([0x4f, 0x62, 0x6a, 0x01]);
  return Buffer.concat([magic, writer.buffer.subarray(0, writer.length), sync]);
}

function compress(body: Buffer, codec: AvroCodec): Buffer {
  if (codec === "deflate") return deflateRawSync(body, { level: 3 });
  if (codec === "null") return body;
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([Buffer.from(snappy.compress(body)), checksum]);
}

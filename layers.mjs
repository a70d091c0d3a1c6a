/**
 * The rooms of the program and what each may import, written once; `npm run check` holds every import to it
 * (.dependency-cruiser.mjs, which also forbids circles of files and of folders).
 *
 * Each folder with rooms inside lists them from the ground up: a room may import what stands before it, never
 * what stands after it or beside it. "." is the folder's own files. A new room needs its line here.
 */
export const LAYERS = {
  // What things are; the arithmetic; the outside world; the programs.
  "": [["schemas"], ["aggregations"], ["connectors"], ["pipelines"]],
  schemas: [["."], ["alerts", "input", "published"], ["config", "detail"]],
  aggregations: [
    ["."],
    ["settlement"],
    ["dimensions", "findings"],
    ["persons", "streams"],
    ["months", "outlook"],
    ["closing", "explain", "alerts"],
    ["monitor"],
  ],
  connectors: [
    ["faults"],
    ["compression", "ports", "files", "notify"],
    ["encode", "decode", "state", "control", "kafka"],
    ["folder", "flink"],
    ["duckdb"],
    ["config"],
    ["ops"],
  ],
  "connectors/flink": [["."], ["cluster"]],
  "connectors/decode": [["fields"], ["json", "avro"], ["."]],
  "connectors/state": [["migrations"], ["."]],
  "connectors/duckdb": [
    ["."],
    ["views", "reports", "explain", "evidence"],
    ["publish"],
    ["monitor", "detail"],
    ["archive", "recount"],
  ],
  pipelines: [
    ["workspace", "ledger"],
    ["ingest"],
    ["publish"],
    ["closing", "verify"],
    ["engine"],
    ["explain", "report", "audit", "simulate"],
    ["monitor"],
    ["cli"],
  ],
  "pipelines/audit": [["arithmetic", "document"], ["wording", "evidence"], ["."]],
  "pipelines/monitor": [["page", "http"], ["api"], ["."]],
  "pipelines/report": [["tags"], ["docx"], ["templates", "formats", "public"], ["."]],
  "pipelines/simulate": [["write"], ["."]],
  "pipelines/cli": [["terminal"], ["commands"], ["definitions"], ["."]],
};

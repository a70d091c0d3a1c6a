/**
 * Errors an operator can act on. Each code is declared once, here, with its cause and remedy; the manual's
 * table is generated from it.
 */
export const ERROR_CODES = {
  FP1001: {
    exit: 2,
    cause: "a configuration key is unknown, missing or has a wrong value",
    action: "correct the named key",
  },
  FP1002: {
    exit: 2,
    cause: "a reference table (CSV) cannot be read or has a wrong row",
    action: "correct the named line",
  },
  FP1003: { exit: 2, cause: "wrong command-line usage", action: "see --help" },
  FP1004: {
    exit: 2,
    cause: "a new workspace would overwrite a file",
    action: "choose another folder",
  },
  FP1005: {
    exit: 2,
    cause: "a printed report (JSON) cannot be read",
    action: "correct the file; its format is in docs/audit.md",
  },
  FP2001: {
    exit: 1,
    cause: "another process holds this state directory",
    action: "stop the other process, or use another `data` directory",
  },
  FP2002: {
    exit: 1,
    cause: "the state file was written by a newer program, or by one from before upgrades",
    action: "use the program that wrote it, or restore a backup of this program",
  },
  FP2003: {
    exit: 1,
    cause: "the state file was made with another privacy.personKey",
    action: "restore the key, or replay the input into an empty `data` directory",
  },
  FP2004: {
    exit: 1,
    cause: "the state file is damaged",
    action:
      "`fundpulse check` names what is damaged; restore the last backup (`fundpulse restore`), `run` reads on from there; without one, read the input again into another `data` directory and keep this one",
  },
  FP2005: {
    exit: 2,
    cause: "the state was built under another configuration of dimensions",
    action: "restore the configuration, or run `fundpulse rebuild`",
  },
  FP2006: {
    exit: 1,
    cause: "no such record waits in the quarantine",
    action: "see `fundpulse quarantine list`",
  },
  FP2007: {
    exit: 1,
    cause: "the process that holds the state ended before it answered",
    action: "its state is that of its last commit; run the command again",
  },
  FP2008: {
    exit: 2,
    cause: "the running process works under another configuration than this command",
    action: "use the same configuration, or restart `fundpulse run` so that it takes the new one",
  },
  FP2009: {
    exit: 1,
    cause: "the running process does not know what was asked: it is of another version",
    action: "restart `fundpulse run` with the installed version",
  },
  FP2016: {
    exit: 1,
    cause: "the process that holds the state does not answer: it hangs, or its answer cannot be written",
    action:
      "look at its log and at the disk; restart it where it hangs (nothing that was committed is lost), then run the command again",
  },
  FP2015: {
    exit: 1,
    cause:
      "the program found that something it relies on does not hold, and stopped before it kept anything wrong",
    action:
      "start it again; when it comes back, keep `data` as it is and send us this message, the log and the output of `fundpulse check`",
  },
  FP2010: {
    exit: 1,
    cause: "the state file could not be brought to the layout of this program",
    action: "nothing was changed: check disk space and rights of the `data` directory, and start again",
  },
  FP2011: {
    exit: 1,
    cause: "the state is gone, another one or older than the published file beside it",
    action:
      "put the right state back with `fundpulse restore <file>`, or begin anew with `fundpulse run --new-state`",
  },
  FP2012: {
    exit: 1,
    cause: "a backup or a restore would overwrite something, or be lost with the state",
    action: "name another file, outside of `data`",
  },
  FP2013: {
    exit: 1,
    cause: "a file is no backup, or it is damaged or cut off",
    action: "use another backup",
  },
  FP2014: {
    exit: 1,
    cause: "no such gap stands open",
    action: "see `fundpulse gaps list`",
  },
  FP3001: {
    exit: 75,
    cause: "the Kafka broker cannot be reached",
    action: "check source.brokers and the broker; run again",
  },
  FP3002: {
    exit: 1,
    cause: "records between our position and the log's start are gone",
    action:
      "nothing kept is lost: have the records sent again to the topic if somebody has them, then go on with `fundpulse run --accept-gap <topic>/<partition>`, which notes the gap and reads what is there",
  },
  FP3003: {
    exit: 1,
    cause:
      "the topic was recreated or truncated: it ends before our position, or another record stands there",
    action:
      "nothing kept is lost: go on with `fundpulse run --accept-gap <topic>/<partition>`, which notes the gap and reads the topic from its start (records that are known are duplicates)",
  },
  FP3004: {
    exit: 1,
    cause: "the Kafka client stopped for good",
    action: "let the supervisor start the process again",
  },
  FP3005: {
    exit: 2,
    cause: "a topic does not exist or access was refused",
    action: "create the topic, or correct source.topics, ssl or sasl",
  },
  FP3006: {
    exit: 75,
    cause: "the schema registry cannot be reached",
    action: "check source.schemaRegistry.url; run again",
  },
  FP3007: {
    exit: 1,
    cause: "the drop folder, or a file in it, cannot be read",
    action: "check source.path and its rights; run again",
  },
  FP3008: {
    exit: 1,
    cause: "another member of the consumer group reads a part of the partitions",
    action:
      "stop the other consumer, or leave source.groupId out: the group is then the state's own; nothing was published meanwhile",
  },
  FP3101: {
    exit: 2,
    cause: "a part of the configuration has no form in a Flink job",
    action:
      "change what is named, or stay with the embedded engine; docs/scale-out.md lists what a job can do",
  },
  FP3102: {
    exit: 1,
    cause: "Flink cannot be had, started or reached, or refused the job",
    action: "correct what the message names, then run the command again",
  },
  FP3103: {
    exit: 1,
    cause: "the figures topic is not that of this configuration's Flink job",
    action:
      "start this configuration's job into a figures topic of its own (`fundpulse flink submit --figures NAME`) and name it in engine.figures; docs/scale-out.md",
  },
  FP3104: {
    exit: 2,
    cause: "this needs the settlements themselves, which `engine.kind: flink` leaves to Flink",
    action: "docs/scale-out.md lists what takes its place",
  },
  FP3105: {
    exit: 2,
    cause: "the state belongs to the other kind of engine",
    action: "set engine.kind back, or name another `data` directory, in which everything is read anew",
  },
  FP3106: {
    exit: 1,
    cause: "a Flink job could not write a savepoint, or may not go on from one",
    action:
      "correct what the message names; a job that may not go on from a savepoint begins anew in a figures topic of its own (`fundpulse flink submit --figures NAME`); docs/scale-out.md",
  },
  FP3107: {
    exit: 75,
    cause: "the archive of the Flink job does not hold what the published figures are of",
    action:
      "run it again when the next checkpoint has come; where it stays so, files are missing: put them back, or start the job anew with an archive of its own (docs/scale-out.md)",
  },
  FP4001: {
    exit: 1,
    cause: "publishing the DuckDB file failed",
    action: "check disk space and rights of the `data` directory",
  },
  FP4002: { exit: 1, cause: "nothing is published yet", action: "run `fundpulse run` first" },
  FP4003: {
    exit: 1,
    cause: "the ops server cannot listen on its address",
    action: "correct ops.host or ops.port, or stop what listens there",
  },
  FP4004: {
    exit: 2,
    cause: "the published file has no figures of the period asked for",
    action: 'give one that it has with --period; `fundpulse sql "FROM dim_period"` lists them',
  },
  FP4005: {
    exit: 1,
    cause: "the recount of the published figures could not be carried out",
    action:
      "where it says out of memory, raise `verify.memory`, else check disk space of the `data` directory; the next `fundpulse verify` tries again",
  },
  FP4006: {
    exit: 1,
    cause: "a published or working DuckDB file is damaged, or is no DuckDB file",
    action:
      "nothing is lost, the state is the truth: a running `fundpulse run` puts it right within seconds; else remove the file and run `fundpulse run`",
  },
  FP5001: { exit: 1, cause: "a query failed", action: "correct the SQL" },
  FP5002: {
    exit: 1,
    cause: "the detail file of single settlements cannot be read: it is for authorised users only",
    action: "ask whoever runs fundpulse, or run the command as that user",
  },
  FP5003: {
    exit: 1,
    cause: "the figure to be explained is not published",
    action: "ask for one that is, or add its grouping to the configuration",
  },
  FP6001: {
    exit: 1,
    cause: "the monitor cannot listen on its address",
    action: "correct monitor.host or monitor.port, or stop what listens there",
  },
  FP6002: {
    exit: 1,
    cause: "a request to the monitor came without a token, or with one that is not configured (HTTP 401)",
    action: "sign in at /login, or send `Authorization: Bearer <token>` with a token of monitor.tokens",
  },
  FP6003: {
    exit: 1,
    cause: "the token's role does not allow what was asked of the monitor (HTTP 403)",
    action: "use a token of a role that does: viewer, officer, detail",
  },
  FP6004: {
    exit: 75,
    cause: "five wrong tokens came from one address within a minute (HTTP 429)",
    action: "wait a minute",
  },
  FP6005: {
    exit: 2,
    cause: "a request to the monitor has a parameter that is unknown, missing or wrong (HTTP 400)",
    action: "correct the named parameter; /api/v1/openapi.json lists them",
  },
  FP6006: {
    exit: 1,
    cause: "the monitor has nothing under that address (HTTP 404)",
    action: "see /api/v1/openapi.json",
  },
  FP6007: {
    exit: 1,
    cause: "the published file was written by another version of fundpulse (HTTP 503)",
    action: "let the installed version publish: `fundpulse run`",
  },
  FP6008: {
    exit: 75,
    cause: "a query took too long, or too many ran at once (HTTP 408 or 429)",
    action: "ask for less, or again later",
  },
  FP6009: {
    exit: 1,
    cause: "the monitor's page is not built",
    action: "run `npm run build`",
  },
  FP7001: {
    exit: 2,
    cause: "tags of a report template name nothing, or more than one thing",
    action: "correct the named tags; docs/reports.md has their grammar",
  },
  FP7002: {
    exit: 2,
    cause: "a report template cannot be read",
    action: "see `fundpulse report templates`, or give a Word document (.docx)",
  },
  FP7003: {
    exit: 1,
    cause: "PDF needs LibreOffice, and it is not there or failed",
    action: "install it (Debian: libreoffice-writer-nogui), or ask for docx or html",
  },
  FP7004: {
    exit: 2,
    cause: "a public edition would give suppressed figures of an earlier one away",
    action: "publish periods that do not overlap, as quarters alone; editions are kept under data/public",
  },
  FP8001: {
    exit: 1,
    cause: "an alert cannot be acknowledged: it is not open",
    action: "`fundpulse alerts list` shows those that are",
  },
  FP8002: {
    exit: 1,
    cause: "a test message was not accepted by a channel",
    action: "correct the channel in `notify`, or ask whoever runs the receiver",
  },
  FP9001: {
    exit: 1,
    cause: "no space is left on the disk, in the quota or in the memory of the file system",
    action: "free space there, then run again: what was committed stands, what was not is read again",
  },
  FP9002: {
    exit: 1,
    cause: "a file or folder may not be read or written by the user who runs this, or its disk is read-only",
    action:
      "give it to that user (`chown -R`, after a command was run as root), or mount the disk for writing; then run again",
  },
  FP9003: {
    exit: 1,
    cause:
      "a folder stands where a file is expected, or a file where a folder is, or the name cannot be used",
    action: "move away what stands there, or name another path",
  },
  FP9004: { exit: 1, cause: "a file or folder is missing", action: "correct the path, or make it" },
  FP9005: {
    exit: 1,
    cause: "the process may open no more files",
    action: "raise the limit (`ulimit -n`, LimitNOFILE in the unit), then run again",
  },
  FP9006: {
    exit: 1,
    cause: "the disk failed to read or write",
    action: "look into the system log and at the disk; then `fundpulse check`",
  },
  FP9007: {
    exit: 1,
    cause: "memory ran out",
    action: "give the process more memory, or ask for less at once",
  },
  FP9008: {
    exit: 1,
    cause: "a network address is in use, unknown or does not answer",
    action: "correct the address, or stop what listens there",
  },
  FP9009: {
    exit: 75,
    cause: "another program has a file in use",
    action: "close it there, then run again; `data` belongs on a local disk",
  },
  FP9010: {
    exit: 1,
    cause: "the operating system refused a call",
    action: "its name and path tell why",
  },
} as const satisfies Record<string, { exit: number; cause: string; action: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Says what happened (with both values), what to do, and the code. Never holds record values. */
export class FundpulseError extends Error {
  readonly code: ErrorCode;
  readonly exitCode: number;
  /** The message without what to do and the code. */
  readonly what: string;

  constructor(code: ErrorCode, what: string, options?: { cause?: unknown; action?: string }) {
    super(`${what}; ${options?.action ?? ERROR_CODES[code].action} [${code}]`, { cause: options?.cause });
    this.name = "FundpulseError";
    this.code = code;
    this.what = what;
    this.exitCode = ERROR_CODES[code].exit;
  }

  /** An error of another process, in its own words. */
  static retold(code: ErrorCode, message: string): FundpulseError {
    const error = new FundpulseError(code, "");
    error.message = message;
    return error;
  }
}

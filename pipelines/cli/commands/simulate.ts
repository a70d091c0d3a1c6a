import { join, resolve } from "node:path";
import { loadConfig } from "../../../connectors/config/load.js";
import { nearest } from "../../../connectors/config/problems.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { FREE_DEFAULTS, type FreeProfile } from "../../simulate/free.js";
import {
  type EventOptions,
  PROFILES,
  simulate,
  simulatedEvents,
  writeReference,
} from "../../simulate/simulate.js";
import { simulatedWorkspace } from "../../simulate/workspace.js";
import { AVRO_CODECS, type AvroCodec, FILE_FORMATS, type FileFormat } from "../../simulate/write/folder.js";
import { commandLog } from "../../workspace/log.js";
import { count, progressLine } from "../terminal/progress.js";
import { say } from "../terminal/say.js";

export interface SimulateFlags {
  readonly out?: string;
  readonly workspace?: string;
  readonly config?: string;
  readonly reference?: string;
  readonly format: string;
  readonly codec: string;
  readonly gzip?: boolean;
  readonly seed: string;
  readonly eventsPerFile: string;
  readonly set: readonly string[];
}

/** `fundpulse simulate`: a profile's events into a drop folder, or into a new workspace made for them. */
export async function simulateCommand(profile: string, flags: SimulateFlags): Promise<number> {
  if (!PROFILES.includes(profile)) {
    throw new FundpulseError("FP1003", `no profile ${profile}; there are ${PROFILES.join(", ")}`);
  }
  const targets = [flags.out, flags.workspace, flags.config].filter((target) => target !== undefined);
  if (targets.length !== 1) {
    throw new FundpulseError("FP1003", "name either --out <folder>, --workspace <dir> or --config <file>");
  }
  const options: EventOptions = {
    profile,
    seed: whole("--seed", flags.seed),
    free: profile === "free" ? freeSettings(flags.set) : refuseSettings(profile, flags.set),
  };
  if (flags.config !== undefined) return toSource(flags.config, options, flags);
  const format = oneOf<FileFormat>("--format", flags.format, FILE_FORMATS);
  const codec = oneOf<AvroCodec>("--codec", flags.codec, AVRO_CODECS);
  const eventsPerFile = whole("--events-per-file", flags.eventsPerFile);
  if (eventsPerFile < 1) throw new FundpulseError("FP1003", "--events-per-file must be at least 1");

  const settings = { personKey: "$" + "{FUNDPULSE_PERSON_KEY}", logLevel: "info" };
  const root = flags.workspace === undefined ? null : simulatedWorkspace(flags.workspace, options, settings);
  if (flags.reference !== undefined) writeReference(options, resolve(flags.reference));
  const outDir = root === null ? resolve(flags.out as string) : join(root, "inbox");
  const progress = progressLine();
  const result = simulate(
    { ...options, outDir, format, codec, gzip: flags.gzip === true, eventsPerFile },
    (events) => progress.note(`${count(events)} events written`),
  );
  progress.end();
  const streams = Object.entries(result.byStream).map(([stream, n]) => `${count(n)} ${stream}`);
  say(
    `${count(result.events)} events (${streams.join(", ")}) in ${result.files.length} files under ${outDir}\n`,
  );
  if (root !== null) {
    say(`run them: fundpulse run --until-drained --config ${join(root, "fundpulse.yaml")}\n`);
  }
  return 0;
}

/** Sends the events to the Kafka topics that a configuration reads. */
async function toSource(config: string, options: EventOptions, flags: SimulateFlags): Promise<number> {
  const loaded = loadConfig(config);
  const { source } = loaded.config;
  if (source.kind !== "kafka") {
    throw new FundpulseError(
      "FP1003",
      `${loaded.file} reads a drop folder: name it with --out ${source.path}`,
    );
  }
  const { VALUE_FORMATS, writeKafka } = await import("../../simulate/write/kafka.js");
  const format = oneOf("--format", flags.format === "ndjson" ? "json" : flags.format, VALUE_FORMATS);
  if (flags.reference !== undefined) writeReference(options, resolve(flags.reference));
  const progress = progressLine();
  try {
    const sent = await writeKafka(source, simulatedEvents(options), format, commandLog(loaded), (events) =>
      progress.note(`${count(events)} events sent`),
    );
    progress.end();
    say(`${count(sent)} events sent to ${source.brokers.join(", ")}\n`);
    return 0;
  } finally {
    progress.end();
  }
}

/** `--set events=1000000 --set share=0.01`: numbers and texts of the free profile by name. */
function freeSettings(list: readonly string[]): Partial<FreeProfile> {
  const known = FREE_DEFAULTS as unknown as Record<string, unknown>;
  const settings: Record<string, unknown> = {};
  for (const item of list) {
    const [, name = "", text = ""] = /^([A-Za-z]+)=(.+)$/.exec(item) ?? [];
    const standard = known[name];
    if (standard === undefined) {
      const near = nearest(name, Object.keys(known));
      const hint = near === null ? "" : `did you mean ${near}? `;
      throw new FundpulseError(
        "FP1003",
        `--set ${item}: ${hint}name=value, one of ${Object.keys(known).join(", ")}`,
      );
    }
    const value = typeof standard === "number" ? Number(text) : text;
    if (Number.isNaN(value)) throw new FundpulseError("FP1003", `--set ${item}: must be a number`);
    settings[name] = value;
  }
  return settings as Partial<FreeProfile>;
}

function refuseSettings(profile: string, list: readonly string[]): undefined {
  if (list.length > 0) {
    throw new FundpulseError("FP1003", `--set is for the profile free; ${profile} has its own figures`);
  }
}

function whole(flag: string, text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new FundpulseError("FP1003", `${flag} ${text} must be a whole number`);
  return Number(text);
}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  if (allowed.includes(value as T)) return value as T;
  throw new FundpulseError("FP1003", `${flag} ${value} is not one of ${allowed.join(", ")}`);
}

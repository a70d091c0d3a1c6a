import { accessSync, constants, existsSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { keyWarning } from "../../../connectors/config/key-strength.js";
import { describeConfig, loadConfig } from "../../../connectors/config/load.js";
import { loadReference } from "../../../connectors/config/reference.js";
import { existing, faultOf, knownOr, told } from "../../../connectors/faults/known.js";
import { otherModes } from "../../../connectors/files/modes.js";
import { statePath } from "../../../connectors/files/paths.js";
import { silentLog } from "../../../connectors/ports/log.js";
import type { Config } from "../../../schemas/config/schema.js";
import { NATIONAL_CATEGORIES } from "../../../schemas/input/national-categories.js";
import { visible } from "../../../schemas/visible.js";
import { unknownFieldsOf } from "../../ingest/unknown-fields.js";
import { count } from "../terminal/progress.js";
import { say } from "../terminal/say.js";

/**
 * `fundpulse check`: configuration, reference tables, directories and connections, each on its line. Goes
 * through all of them; the exit code is that of the first that failed.
 */
export async function checkCommand(options: {
  readonly config: string;
  readonly quiet?: boolean;
}): Promise<number> {
  const loaded = loadConfig(options.config);
  const { config } = loaded;
  if (options.quiet !== true) say(`${describeConfig(config)}\n`);
  let exit = 0;
  const step = async (name: string, work: () => Promise<string> | string): Promise<void> => {
    try {
      say(`ok    ${name}: ${await work()}\n`);
    } catch (error) {
      const known = faultOf(error);
      if (exit === 0) exit = known?.exitCode ?? 1;
      say(`FAIL  ${name}: ${(known ?? (error as Error)).message}\n`);
    }
  };
  await step("configuration", () => loaded.file);
  const weakKey = keyWarning(config);
  if (weakKey !== null) say(`warn  configuration: ${weakKey}\n`);
  for (const warning of loaded.warnings) say(`warn  configuration: ${warning}\n`);
  await step("reference", () => referenceText(config));
  for (const missing of missingTables(config)) say(`warn  reference: ${missing}\n`);
  await step("data", () => writable(config.data));
  for (const other of otherModes(config.data)) say(`warn  data: ${other}\n`);
  await step("state", () => stateText(config));
  await step("source", async () => {
    const { openSource } = await import("../../engine/engine.js");
    const source = await openSource(config, { log: silentLog });
    try {
      return await source.check();
    } finally {
      await source.close();
    }
  });
  const { engine } = config;
  if (engine.kind === "flink")
    await step("figures", async () => {
      const { figuresText } = await import("../../engine/figures-check.js");
      return figuresText(config, engine.figures);
    });
  const registry = config.source.kind === "kafka" ? config.source.schemaRegistry : undefined;
  if (registry !== undefined)
    await step("schema registry", async () => {
      const { SchemaRegistry } = await import("../../../connectors/decode/registry.js");
      return new SchemaRegistry({ ...registry, patienceMs: REGISTRY_MS }).check();
    });
  for (const warning of await inputWarnings(config)) say(`warn  ${warning}\n`);
  return exit;
}

/** How long a registry that does not answer is waited for. */
const REGISTRY_MS = 3000;

/** What follows from a reference table that is not there: nothing stops, but figures lack what it would say. */
const WITHOUT: Readonly<Record<string, string>> = {
  "facilities.csv":
    "facilities are known from their stream alone; those of no stream are unmapped, and speak against a close",
  "categories.csv": "the national codes of med_type alone are known",
  "divisions.csv": "districts are published without names",
};

const missingTables = ({ reference }: Config): string[] =>
  Object.entries(WITHOUT).flatMap(([name, effect]) =>
    existsSync(join(reference, name)) ? [] : [`${join(reference, name)} does not exist: ${effect}`],
  );

/** What the state and the drop folder say of the input: files that changed, fields that nobody reads. */
async function inputWarnings(config: Config): Promise<string[]> {
  const path = statePath(config.data);
  if (!existsSync(path)) return [];
  const { readInputNotes } = await import("../../../connectors/state/input-notes.js");
  const notes = readInputNotes(path);
  if (notes === null) return [];
  const found: string[] = [];
  if (config.source.kind === "folder") {
    const { changedFiles } = await import("../../../connectors/folder/changes.js");
    const present = await changedFiles(config.source.path, notes.taken);
    const changed = new Map(
      [...notes.changed].filter(([, c]) => !c.dismissed).map(([n, c]) => [n, c.detail]),
    );
    for (const [name, { detail, mark }] of present) {
      if (notes.changed.get(name)?.mark !== mark) changed.set(name, detail);
    }
    for (const [name, detail] of changed) {
      found.push(
        `inbox: ${shownName(name)}: ${detail}; send what is new under a new name, then: fundpulse quarantine dismiss --file ${shownName(name)} --why TEXT`,
      );
    }
  }
  const byStream = new Map<string, string[]>();
  for (const { stream, name, share } of unknownFieldsOf(notes.unknownFields)) {
    const percent = Math.max(1, Math.round(share * 100));
    byStream.set(stream, [...(byStream.get(stream) ?? []), `${name} (${percent} %)`]);
  }
  for (const [stream, fields] of byStream) {
    const some =
      fields.slice(0, 40).join(", ") + (fields.length > 40 ? `, and ${fields.length - 40} more` : "");
    found.push(
      `${stream}: fields that arrive and are not read: ${some}; where one is ours under another name, say so in source.fields`,
    );
  }
  return found;
}

const shownName = visible;

function referenceText(config: Config): string {
  const tables = loadReference(config.reference, config.timezone, Object.keys(config.insurances));
  return (
    `${count(tables.facilities.length)} facility versions, ` +
    `${count(tables.categories.length)} categories beside the ${NATIONAL_CATEGORIES.length} national codes, ` +
    `${count(tables.divisions.length)} divisions (${config.reference})`
  );
}

/**
 * What is to be said of the state: it is looked into only where no other process works on it. It must be one that
 * this configuration may go on with; so must the configuration of a process that holds it.
 */
async function stateText(config: Config): Promise<string> {
  const { data } = config;
  const path = statePath(data);
  const { checkBelonging } = await import("../../engine/belonging.js");
  if (!existsSync(path) || statSync(path).size === 0) {
    await checkBelonging(config, {}, Date.now());
    return "none yet";
  }
  const { differsFromHolder, lockHolder, mustAgree, tryLock } = await import(
    "../../../connectors/control/lock.js"
  );
  const lock = tryLock(data, { brief: true });
  if (lock === null) {
    const { engineRules } = await import("../../engine/rules.js");
    const unlike = differsFromHolder(data, engineRules(config)) ?? [];
    mustAgree(lockHolder(data), unlike);
    const tables =
      unlike.length === 0 ? "" : "; reference tables are others than those that it was started with";
    return `in use by ${lockHolder(data)}, under this configuration${tables}; look into it while nothing runs`;
  }
  try {
    const { checkStateFile } = await import("../../../connectors/state/check.js");
    const { stateIdentity } = await import("../../ledger/rules.js");
    checkStateFile(path, stateIdentity(config));
    await checkBelonging(config, {}, Date.now());
    return `sound (${path})`;
  } finally {
    lock.release();
  }
}

function writable(dir: string): string {
  try {
    statSync(dir);
  } catch (error) {
    // A name that cannot be, a file in the way: not what making it would mend.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw knownOr(error, dir);
  }
  const there = existing(dir);
  accessSync(there, constants.W_OK);
  if (there === dir) return dir;
  // Where no folder can be made (below /proc) only making one shows it.
  told(dir, () => rmdirSync(mkdtempSync(join(there, ".fundpulse-"))));
  return `${dir} (will be made)`;
}

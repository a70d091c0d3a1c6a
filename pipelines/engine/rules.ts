import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Privacy } from "../../connectors/state/person-key.js";
import type { Config } from "../../schemas/config/schema.js";
import { rulesOf } from "../ledger/rules.js";

const hash = (value: string | Buffer): string =>
  createHash("sha256").update(value).digest("hex").slice(0, 16);

/**
 * Hashes of everything in a configuration that a command and the process it asks must agree on, by name;
 * `reference` is the content of the reference tables. What only concerns one process (ports, log) is not in it.
 */
export function engineRules(config: Config): Record<string, string> {
  const parts: Record<string, unknown> = {
    ...rulesOf(config),
    closeAfterDays: config.periods.closeAfterDays,
    report: config.report,
    referenceFolder: config.reference,
    engine: config.engine,
    personKey: new Privacy(config.privacy.personKey).keyCheck,
  };
  return {
    ...Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, hash(JSON.stringify(part))])),
    reference: hash(
      ["facilities", "categories", "divisions"]
        .map((name) => hash(contentOf(join(config.reference, `${name}.csv`))))
        .join(),
    ),
  };
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

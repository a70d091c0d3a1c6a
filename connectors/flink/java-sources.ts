import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { FundpulseError } from "../../schemas/errors.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));

function files(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      return entry.isDirectory() ? files(path) : [path];
    })
    .sort();
}

/** Where the Java sources of the jar lie, and what tells one state of them from another. */
export interface JavaSources {
  readonly folder: string;
  readonly hash: string;
}

let known: JavaSources | null = null;

/**
 * The Java sources of this program; compiled programs lie under `dist`, beside them.
 * @throws FundpulseError FP3102 where they are not there
 */
export function javaSources(): JavaSources {
  if (known !== null) return known;
  const root = HERE.includes(`${sep}dist${sep}`) ? join(HERE, "../../..") : join(HERE, "../..");
  const folder = join(root, "connectors", "flink", "java");
  if (!existsSync(folder)) throw new FundpulseError("FP3102", `the Java sources are not there: ${folder}`);
  const hash = createHash("sha256");
  for (const path of [join(folder, "pom.xml"), ...files(join(folder, "src", "main"))]) {
    hash.update(path.slice(folder.length)).update(readFileSync(path));
  }
  known = { folder, hash: hash.digest("hex").slice(0, 16) };
  return known;
}

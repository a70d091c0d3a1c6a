import { cpSync, existsSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A module of the built program, e.g. `connectors/config/config-yaml.js`. */
export const built = (path) =>
  import(pathToFileURL(join(process.env.FUNDPULSE_BENCH_BUILT ?? ROOT, "dist", path)).href);

/** Measures a copy of the build from here on, so that a build meanwhile changes nothing half-way. */
export function freezeBuild(dir) {
  if (!existsSync(join(ROOT, "dist/pipelines/engine/engine.js")))
    throw new Error("dist is missing: npm run build");
  rmSync(dir, { recursive: true, force: true });
  cpSync(join(ROOT, "dist"), join(dir, "dist"), { recursive: true });
  cpSync(join(ROOT, "package.json"), join(dir, "package.json"));
  symlinkSync(join(ROOT, "node_modules"), join(dir, "node_modules"));
  process.env.FUNDPULSE_BENCH_BUILT = dir;
}

/**
 * npm's `prepare`: builds in a clone. Without the development tools (`npm ci --omit=dev`) there is nothing to
 * build with: `dist/` stays as it is.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

function hasTools() {
  try {
    require.resolve("typescript/package.json");
    return true;
  } catch {
    return false;
  }
}

if (hasTools()) {
  const { status } = spawnSync("npm", ["run", "build"], { cwd: root, stdio: "inherit" });
  process.exitCode = status ?? 1;
} else if (!existsSync(new URL("../dist/pipelines/cli/main.js", import.meta.url))) {
  process.stderr.write(
    "fundpulse: dist/ is not built, and the development tools that build it are not installed.\n" +
      "Run `npm ci` (without --omit=dev), or copy dist/ from a machine that has them.\n",
  );
}

// After a build: makes `npx fundpulse` find this clone's own command. Without the link npx would treat the
// clone as a package that it has to install first, and ask.
import { chmodSync, existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const bin = fileURLToPath(new URL("node_modules/.bin/", root));
chmodSync(fileURLToPath(new URL("dist/pipelines/cli.js", root)), 0o755);
if (existsSync(bin)) {
  if (process.platform === "win32") {
    writeFileSync(`${bin}fundpulse.cmd`, '@node "%~dp0\\..\\..\\dist\\pipelines\\cli.js" %*\r\n');
  } else {
    rmSync(`${bin}fundpulse`, { force: true });
    symlinkSync("../../dist/pipelines/cli.js", `${bin}fundpulse`);
  }
}

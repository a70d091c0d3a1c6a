/**
 * `npm run bundle [-- --out FILE] [-- --no-node]`: one archive for a machine without network, holding what
 * `npm pack` would publish, the production dependencies as they are installed here (native modules of this
 * platform among them), Node itself, and a start script. Nothing is downloaded.
 *
 *   fundpulse-<version>-<platform>-<arch>/
 *     fundpulse     start script
 *     app/          the package with node_modules
 *     node/         bin/node of this machine, LICENSE where it has one
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({ options: { out: { type: "string" }, "no-node": { type: "boolean" } } });

/** Production packages of the lock file that are installed here; those of other platforms are not. */
function productionPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const wanted = Object.entries(packages).filter(([path, entry]) => path !== "" && !entry.dev);
  const present = [];
  for (const [path, entry] of wanted) {
    if (existsSync(join(root, path))) present.push(path);
    else if (!entry.optional && !entry.devOptional && !entry.peer) {
      throw new Error(`${path} is in package-lock.json and not installed: run npm ci first`);
    }
  }
  return present;
}

/** The node that runs this, if it needs nothing but the system's C and C++ libraries. */
function portableNode() {
  const node = process.execPath;
  if (process.platform === "linux") {
    const libraries = execFileSync("ldd", [node], { encoding: "utf8" });
    if (/libnode\.so|libuv\.so|not found/.test(libraries)) return null;
  }
  return node;
}

function pack(to) {
  const options = { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] };
  const out = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", to], options);
  const said = JSON.parse(out);
  const [{ filename }] = Array.isArray(said) ? said : Object.values(said);
  return join(to, filename);
}

if (!existsSync(join(root, "dist/pipelines/cli/main.js"))) throw new Error("dist/ is missing: npm run build");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const name = `fundpulse-${version}-${process.platform}-${process.arch}`;
const out = resolve(values.out ?? `${name}.tar.gz`);
const work = mkdtempSync(join(tmpdir(), "fundpulse-bundle-"));
try {
  const app = join(work, name, "app");
  mkdirSync(app, { recursive: true });
  execFileSync("tar", ["-xzf", pack(work), "-C", app, "--strip-components=1"]);
  for (const path of productionPackages()) {
    // Nested packages have lines of their own in the lock file.
    const nested = join(root, path, "node_modules");
    cpSync(join(root, path), join(app, path), {
      recursive: true,
      dereference: true,
      filter: (source) => source !== nested,
    });
  }
  // Sources and intermediate files of the native build are no part of the program.
  const sqlite = join(app, "node_modules/better-sqlite3");
  for (const part of ["deps", "src", "build"]) rmSync(join(sqlite, part), { recursive: true, force: true });
  const addon = "build/Release/better_sqlite3.node";
  mkdirSync(dirname(join(sqlite, addon)), { recursive: true });
  copyFileSync(join(root, "node_modules/better-sqlite3", addon), join(sqlite, addon));

  const node = values["no-node"] ? null : portableNode();
  if (node !== null) {
    mkdirSync(join(work, name, "node/bin"), { recursive: true });
    copyFileSync(node, join(work, name, "node/bin/node"));
    chmodSync(join(work, name, "node/bin/node"), 0o755);
    const licence = join(dirname(node), "../LICENSE");
    if (existsSync(licence)) copyFileSync(licence, join(work, name, "node/LICENSE"));
  }
  copyFileSync(join(root, "packaging/fundpulse.sh"), join(work, name, "fundpulse"));
  chmodSync(join(work, name, "fundpulse"), 0o755);
  writeFileSync(join(work, name, "NODE"), `${process.version} ${process.platform}-${process.arch}\n`);

  const owner = ["--owner=0", "--group=0", "--numeric-owner", "--sort=name"];
  mkdirSync(dirname(out), { recursive: true });
  execFileSync("tar", ["-czf", out, ...owner, "-C", work, name]);
  const megabytes = (statSync(out).size / 1e6).toFixed(0);
  const inside =
    node === null ? `without Node (it needs ${process.version})` : `with Node ${process.version}`;
  process.stdout.write(`${out}\n${megabytes} MB, ${inside}, for ${process.platform}-${process.arch}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

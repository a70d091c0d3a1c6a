import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { program } from "../../pipelines/cli/program.js";
import { makeFolder, ROOT } from "../support/packaging.js";

const UNITS = join(ROOT, "packaging/systemd");
const names = readdirSync(UNITS);
const folder = makeFolder("units");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = (name: string): string => readFileSync(join(UNITS, name), "utf8");
const services = names.filter((name) => name.endsWith(".service"));
const verifier = spawnSync("systemd-analyze", ["--version"]).status === 0;

test("every service starts a command of the program, with its options", () => {
  const commands = new Map(program(() => {}).commands.map((c) => [c.name(), c.options.map((o) => o.long)]));
  for (const name of services) {
    const [, command, flags] = /^ExecStart=\/opt\/fundpulse\/fundpulse (\S+)(.*)$/m.exec(text(name)) ?? [];
    expect([...commands.keys()], name).toContain(command);
    for (const [flag] of flags.matchAll(/--[\w-]+/g)) expect(commands.get(command), name).toContain(flag);
  }
});

/** What systemd says of the units, started for one jurisdiction; with a program that is there. */
function verify(change: (unit: string) => string): string {
  const dir = join(folder, String(Math.random()));
  mkdirSync(dir);
  const files = names.map((name) => {
    const file = join(dir, name.replace("@.", "@county."));
    for (const to of [file, join(dir, name)]) {
      writeFileSync(to, change(text(name)).replaceAll("/opt/fundpulse/fundpulse", "/bin/true"));
    }
    return file;
  });
  const { stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", ...files], {
    encoding: "utf8",
    env: { ...process.env, SYSTEMD_UNIT_PATH: `${dir}:` },
  });
  return (stdout + stderr)
    .split("\n")
    .filter((line) => line.includes("fundpulse"))
    .join("\n");
}

test.skipIf(!verifier)("systemd takes every unit", () => {
  expect(verify((unit) => unit)).toBe("");
  expect(verify((unit) => unit.replace("ProtectSystem=strict", "ProtectSystem=strickt"))).toContain(
    "protect system",
  );
});

test.skipIf(!verifier)("a service cannot do what it need not", () => {
  for (const name of services) {
    const file = join(folder, name.replace("@.", "@county."));
    writeFileSync(file, text(name).replaceAll("/opt/fundpulse/fundpulse", "/bin/true"));
    const { stdout } = spawnSync("systemd-analyze", ["security", "--offline=true", "--no-pager", file], {
      encoding: "utf8",
    });
    const [, exposure] = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout) ?? [];
    expect(Number(exposure), name).toBeLessThan(2.5);
  }
});

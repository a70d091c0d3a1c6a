import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { program } from "../../pipelines/cli/program.js";
import { ROOT } from "../support/packaging.js";

interface Service {
  readonly profiles?: string[];
  readonly command?: string[];
  readonly image: string;
  readonly depends_on?: Record<string, { condition: string }>;
  readonly volumes?: string[];
  readonly cap_drop?: string[];
}
const file = (name: string): string => readFileSync(join(ROOT, name), "utf8");
const compose = parse(file("docker-compose.yml"), { merge: true }) as { services: Record<string, Service> };
const commands = new Map(program(() => {}).commands.map((c) => [c.name(), c.options.map((o) => o.long)]));
const ours = Object.entries(compose.services).filter(([, service]) => service.image === "fundpulse");

describe("docker-compose.yml", () => {
  test("starts Kafka and its topics alone unless a profile is named", () => {
    const plain = Object.entries(compose.services).filter(([, s]) => s.profiles === undefined);
    expect(plain.map(([name]) => name)).toEqual(["kafka", "topics"]);
  });

  test("its services of the image run commands of the program with its options, on the mounted workspace", () => {
    expect(ours.map(([name]) => name)).toEqual(["fundpulse", "monitor", "nightly"]);
    for (const [name, { command = [], volumes = [], cap_drop }] of ours) {
      const [verb, ...rest] = command;
      expect([...commands.keys()], name).toContain(verb);
      for (const word of rest.filter((w) => w.startsWith("--")))
        expect(commands.get(verb), name).toContain(word);
      expect(rest).toContain("/workspace/fundpulse.yaml");
      expect(volumes.map((v) => v.split(":").at(-1))).toEqual(["/workspace"]);
      expect(cap_drop).toEqual(["ALL"]);
    }
  });

  test("what a service waits for is a service", () => {
    for (const { depends_on = {} } of Object.values(compose.services)) {
      for (const name of Object.keys(depends_on)) expect(Object.keys(compose.services)).toContain(name);
    }
  });

  const known = spawnSync("docker", ["compose", "version"]).status === 0;
  test.skipIf(!known)("Compose itself takes it", () => {
    const args = ["compose", "--profile", "*", "-f", join(ROOT, "docker-compose.yml"), "config", "--quiet"];
    execFileSync("docker", args, { encoding: "utf8" });
  });
});

describe("Dockerfile", () => {
  const lines = file("Dockerfile").replace(/\\\n/g, " ").split("\n");
  const [built, runs] = lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .join("\n")
    .split(/^(?=FROM )/m)
    .slice(-2);

  test("what it copies from the repository is there, and not ignored", () => {
    const ignored = file(".dockerignore").split("\n");
    for (const [, sources] of built.matchAll(/^COPY (?!--from)(.+) \S+$/gm)) {
      for (const source of sources.split(" ")) {
        expect(existsSync(join(ROOT, source)), source).toBe(true);
        expect(ignored).not.toContain(source);
      }
    }
  });

  test("what its second stage takes of the first is in the repository or made by it", () => {
    const made = ["/app/node_modules", "/app/dist"];
    const taken = [...runs.matchAll(/^COPY --from=build (.+) \S+$/gm)].flatMap(([, list]) => list.split(" "));
    expect(taken).toEqual(expect.arrayContaining(made));
    for (const path of taken.filter((p) => !made.includes(p))) {
      expect(existsSync(join(ROOT, path.replace("/app/", ""))), path).toBe(true);
    }
  });

  test("it runs without rights, and starts the program", () => {
    expect(runs).toMatch(/^USER node$/m);
    expect(runs).toMatch(/^ENTRYPOINT \["fundpulse"\]$/m);
    const bin = JSON.parse(file("package.json")).bin.fundpulse;
    expect(runs).toContain(`ln -s /app/${bin} /usr/local/bin/fundpulse`);
  });
});

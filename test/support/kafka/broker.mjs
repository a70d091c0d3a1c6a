/**
 * Real Kafka brokers through Java (KRaft, loopback, free ports, own data folder), which can be killed and
 * started again:
 *
 *   const kafka = await startKafka({ nodes: 1 });   // kafka.brokers -> ["127.0.0.1:23456"]
 *   await kafka.kill(0); await kafka.restart(0); await kafka.stop();
 */
import { execFile, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { makeCerts } from "./certs.mjs";
import { kafkaJars, requireJava } from "./jars.mjs";
import { freePort, listening } from "./ports.mjs";
import { scramArguments, serverProperties } from "./properties.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const CLUSTER_ID = "5L6g3nShT-eMCtK--X86sw";
const READY_MS = 90_000;
const SECURE = ["SASL_PLAINTEXT", "SSL", "SASL_SSL"];

/**
 * Starts one or three nodes. `secure` adds SASL_PLAINTEXT, SSL and SASL_SSL listeners; `properties` is laid
 * over server.properties; `port` fixes the port of the first node; `archive` leaves a class-data archive
 * beside the jars when the broker is stopped, which halves the start of later ones.
 */
export async function startKafka(options = {}) {
  const { nodes: count = 1, secure = false, properties = {}, archive = false } = options;
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), "fundpulse-kafka-"));
  await requireJava();
  const libs = await kafkaJars();
  const jvm = jvmArguments(libs);
  const tls = secure ? makeCerts(join(dir, "certs")) : null;
  const nodes = [];
  for (let id = 1; id <= count; id++) {
    const ports = { PLAINTEXT: id === 1 && options.port ? options.port : await freePort() };
    if (secure) for (const name of SECURE) ports[name] = await freePort();
    nodes.push({ id, dir: join(dir, `node-${id}`), ports, controller: await freePort() });
  }
  for (const node of nodes) {
    mkdirSync(node.dir, { recursive: true });
    node.log = join(node.dir, "broker.log");
    node.conf = join(node.dir, "server.properties");
    const lines = Object.entries(serverProperties(node, nodes, tls, properties)).map(
      ([k, v]) => `${k}=${v}\n`,
    );
    writeFileSync(node.conf, lines.join(""));
    const format = [
      "kafka.tools.StorageTool",
      "format",
      "-t",
      CLUSTER_ID,
      "-c",
      node.conf,
      "--ignore-formatted",
    ];
    await promisify(execFile)("java", [...jvm, ...format, ...(secure ? scramArguments() : [])]);
  }

  const archived = join(libs, "kafka.jsa");
  const archiveNow = archive && !existsSync(archived) ? `${archived}.${process.pid}` : null;
  const start = (node) => {
    const out = openSync(node.log, "a");
    const extra = archiveNow !== null && node.id === 1 ? [`-XX:ArchiveClassesAtExit=${archiveNow}`] : [];
    // Its own process group: Ctrl-C is for the program that started it, which stops it in order.
    node.process = spawn("java", [...extra, ...jvm, "kafka.Kafka", node.conf], {
      stdio: ["ignore", out, out],
      detached: true,
    });
    closeSync(out);
    node.exited = new Promise((resolve) => node.process.once("exit", resolve));
  };
  const ready = async (node) => {
    const deadline = Date.now() + READY_MS;
    while (!(await listening(node.ports.PLAINTEXT))) {
      if (node.process.exitCode !== null || node.process.signalCode !== null || Date.now() > deadline) {
        throw new Error(`the Kafka broker did not start:\n${readFileSync(node.log, "utf8").slice(-2000)}`);
      }
      await sleep(25);
    }
  };
  const killAll = () => {
    for (const node of nodes) node.process?.kill("SIGKILL");
  };
  process.once("exit", killAll);

  const cluster = {
    dir,
    tls,
    brokers: nodes.map((node) => `127.0.0.1:${node.ports.PLAINTEXT}`),
    /** Addresses of a secured listener: SASL_PLAINTEXT, SSL or SASL_SSL. */
    listener: (name) => nodes.map((node) => `127.0.0.1:${node.ports[name]}`),
    async kill(index = 0, signal = "SIGKILL") {
      nodes[index].process.kill(signal);
      await nodes[index].exited;
    },
    /** A signal that it outlives: SIGSTOP, SIGCONT. */
    signal(index, signal) {
      nodes[index].process.kill(signal);
    },
    async restart(index = 0) {
      start(nodes[index]);
      await ready(nodes[index]);
    },
    async stop() {
      process.off("exit", killAll);
      for (const node of nodes) node.process?.kill("SIGTERM");
      const timer = setTimeout(killAll, 20_000);
      await Promise.all(nodes.map((node) => node.exited));
      clearTimeout(timer);
      if (archiveNow !== null && existsSync(archiveNow)) renameSync(archiveNow, archived);
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
  try {
    for (const node of nodes) start(node);
    await Promise.all(nodes.map(ready));
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

function jvmArguments(libs) {
  const archive = join(libs, "kafka.jsa");
  return [
    // A stale archive (another Java) is passed over by the JVM.
    ...(existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []),
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    `-Dlog4j2.configurationFile=file:${join(HERE, "log4j2.yaml")}`,
    "-cp",
    join(libs, "*"),
  ];
}

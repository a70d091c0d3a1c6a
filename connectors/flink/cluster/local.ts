import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, copyFileSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FundpulseError } from "../../../schemas/errors.js";
import { makeFolder } from "../../files/modes.js";
import { flinkHome } from "./distribution.js";
import { killGroup, signalGroup } from "./group.js";
import { FlinkRest } from "./rest.js";
import { submitScript } from "./sql-client.js";

const START_MS = 120_000;
const STOP_MS = 10_000;

interface LocalOptions {
  /** Folder of configuration, logs and checkpoints. */
  readonly dir: string;
  readonly taskManagers?: number;
  readonly slots?: number;
  readonly checkpointMs?: number;
  /** Memory of a TaskManager, such as `2g`. */
  readonly memory?: string;
  /** Environment of the processes: the person key. */
  readonly env: NodeJS.ProcessEnv;
  /** Port of the web page; 0: any. */
  readonly port?: number;
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Ends the start; what was started is stopped. */
  readonly signal?: AbortSignal;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A standalone cluster on this machine: one JobManager and some TaskManagers, each its own process, on loopback. */
export class LocalCluster {
  readonly rest: FlinkRest;
  jobManager: ChildProcess | null = null;
  readonly taskManagers: ChildProcess[] = [];

  private constructor(
    readonly home: string,
    private readonly options: LocalOptions,
    private readonly env: NodeJS.ProcessEnv,
    url: string,
  ) {
    this.rest = new FlinkRest(url);
  }

  /** @throws FundpulseError FP3102 where Flink cannot be had or does not start */
  static async start(options: LocalOptions): Promise<LocalCluster> {
    const home = await flinkHome(options.signal);
    const { dir } = options;
    for (const part of ["conf", "log", "tmp"]) makeFolder(join(dir, part));
    for (const file of ["log4j.properties", "log4j-console.properties", "log4j-cli.properties"]) {
      if (existsSync(join(home, "conf", file)))
        copyFileSync(join(home, "conf", file), join(dir, "conf", file));
    }
    const port = options.port || (await freePort());
    const settings = { ...defaults(options, port, await freePort()), ...options.settings };
    // The options of the virtual machine as the distribution has them.
    const shipped =
      /^ {6}all: (.*)$/m.exec(readFileSync(join(home, "conf", "config.yaml"), "utf8"))?.[1] ?? "";
    const lines = Object.entries({ "env.java.opts.all": shipped, ...settings }).map(
      ([k, v]) => `${k}: ${v}\n`,
    );
    writeFileSync(join(dir, "conf", "config.yaml"), lines.join(""));
    const env = {
      ...process.env,
      ...options.env,
      FLINK_CONF_DIR: join(dir, "conf"),
      FLINK_LOG_DIR: join(dir, "log"),
      FLINK_PID_DIR: dir,
    };
    const cluster = new LocalCluster(home, options, env, `http://127.0.0.1:${port}`);
    cluster.startJobManager();
    for (let i = 0; i < (options.taskManagers ?? 1); i++) cluster.startTaskManager();
    try {
      await cluster.ready();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  startJobManager(): void {
    this.jobManager = this.#start("jobmanager.sh", "jobmanager");
  }

  startTaskManager(): ChildProcess {
    const started = this.#start("taskmanager.sh", `taskmanager-${this.taskManagers.length}`);
    this.taskManagers.push(started);
    return started;
  }

  #start(script: string, name: string): ChildProcess {
    const log = openSync(join(this.options.dir, "log", `${name}.log`), "a");
    const started = spawn(join(this.home, "bin", script), ["start-foreground"], {
      env: this.env,
      stdio: ["ignore", log, log],
      // Its own process group: Ctrl-C is for the program that started it, which stops it in order.
      detached: true,
    });
    closeSync(log);
    // Whatever ends this program: none of them outlives it.
    const kill = killGroup.bind(null, started.pid);
    process.once("exit", kill);
    started.once("exit", () => process.removeListener("exit", kill));
    return started;
  }

  /** Waits until every slot is there. */
  async ready(): Promise<void> {
    const slots = (this.options.taskManagers ?? 1) * (this.options.slots ?? 1);
    const end = Date.now() + START_MS;
    for (;;) {
      this.options.signal?.throwIfAborted();
      const overview = await this.rest.overview().catch(() => null);
      if (overview && overview["slots-total"] >= slots) return;
      if (Date.now() > end || this.jobManager?.exitCode != null) {
        throw new FundpulseError(
          "FP3102",
          `Flink did not start; its logs are in ${join(this.options.dir, "log")}`,
        );
      }
      await sleep(250);
    }
  }

  /** Submits a script; returns the ids of its jobs. */
  submit(file: string, signal?: AbortSignal): Promise<readonly string[]> {
    // The client lives for half a minute: compiling well what it runs once costs more than it gains.
    const JVM_ARGS = `-XX:+UseSerialGC -XX:TieredStopAtLevel=1 ${process.env.JVM_ARGS ?? ""}`.trim();
    return submitScript(this.home, file, {
      env: { ...this.env, JVM_ARGS },
      ...(signal ? { signal } : {}),
    });
  }

  /** Ends one process at once, as a machine that dies does. */
  async kill(process_: ChildProcess): Promise<void> {
    await end(process_, "SIGKILL");
    const at = this.taskManagers.indexOf(process_);
    if (at >= 0) this.taskManagers.splice(at, 1);
  }

  async stop(): Promise<void> {
    const all = [...this.taskManagers, ...(this.jobManager ? [this.jobManager] : [])];
    await Promise.all(all.map((p) => end(p, "SIGTERM")));
    this.taskManagers.length = 0;
    this.jobManager = null;
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  // The whole group: a script that has not yet become a virtual machine has others below it.
  signalGroup(child.pid, signal);
  const timer = setTimeout(() => killGroup(child.pid), STOP_MS);
  await gone;
  clearTimeout(timer);
}

function defaults(options: LocalOptions, port: number, rpc: number): Record<string, string | number> {
  const { dir, slots = 1, taskManagers = 1, checkpointMs = 10_000, memory = "2g" } = options;
  return {
    "jobmanager.rpc.address": "127.0.0.1",
    "jobmanager.rpc.port": rpc,
    "jobmanager.bind-host": "127.0.0.1",
    "rest.address": "127.0.0.1",
    "rest.bind-address": "127.0.0.1",
    "rest.port": port,
    "taskmanager.host": "127.0.0.1",
    "taskmanager.bind-host": "127.0.0.1",
    "taskmanager.numberOfTaskSlots": slots,
    "parallelism.default": slots * taskManagers,
    "env.java.opts.jobmanager": "-XX:TieredStopAtLevel=1",
    "jobmanager.memory.process.size": "1200m",
    "taskmanager.memory.process.size": memory,
    "taskmanager.memory.network.max": "256m",
    "state.backend.type": "rocksdb",
    "execution.checkpointing.incremental": "true",
    "execution.checkpointing.dir": `file://${join(dir, "checkpoints")}`,
    "execution.checkpointing.savepoint-dir": `file://${join(dir, "savepoints")}`,
    "execution.checkpointing.interval": `${checkpointMs} ms`,
    "execution.checkpointing.timeout": "10 min",
    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
    "restart-strategy.type": "fixed-delay",
    "restart-strategy.fixed-delay.attempts": "2147483647",
    "restart-strategy.fixed-delay.delay": "1 s",
    "heartbeat.timeout": 10_000,
    "heartbeat.interval": 2000,
    "io.tmp.dirs": join(dir, "tmp"),
  };
}

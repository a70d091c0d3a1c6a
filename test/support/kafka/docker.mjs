import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, listening } from "./ports.mjs";

const run = promisify(execFile);
const COMPOSE_FILE = fileURLToPath(new URL("../../../docker-compose.yml", import.meta.url));

/** True when a Docker engine answers and knows `compose`. */
export async function dockerAnswers() {
  try {
    await run("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: 5000 });
    await run("docker", ["compose", "version"], { timeout: 5000 });
    return true;
  } catch {
    return false;
  }
}

/** A broker from docker-compose.yml on a free port, apart from one started by hand. */
export async function startDockerKafka() {
  const port = await freePort();
  const project = `fundpulse-test-${process.pid}`;
  const compose = (...args) =>
    run("docker", ["compose", "-p", project, "-f", COMPOSE_FILE, ...args], {
      env: { ...process.env, KAFKA_PORT: String(port) },
    });
  const stop = () => compose("down", "--volumes", "--timeout", "5");
  try {
    await compose("up", "--detach", "--wait", "kafka");
    if (!(await listening(port))) throw new Error(`nothing listens on 127.0.0.1:${port}`);
  } catch (error) {
    await stop().catch(() => undefined);
    throw new Error(`Docker Compose could not start Kafka: ${String(error.stderr || error.message)}`);
  }
  return { brokers: [`127.0.0.1:${port}`], stop };
}

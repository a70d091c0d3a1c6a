import { readFileSync } from "node:fs";
import kafkajs, { type Kafka } from "kafkajs";
import type { KafkaSourceConfig } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import { type Log, silentLog } from "../ports/log.js";
import { registerCodecs } from "./codecs.js";
import { patchKafkajs } from "./patches.js";

/** What is needed to reach a cluster. */
export type KafkaConnection = Pick<KafkaSourceConfig, "brokers" | "clientId" | "ssl" | "sasl">;

/**
 * A kafkajs client for the configured cluster, which tries again `retries` times (at most about 2 s apart).
 * Throws FP1001 when a PEM file cannot be read.
 */
export function createKafkaClient(config: KafkaConnection, log: Log = silentLog, retries = 8): Kafka {
  registerCodecs();
  patchKafkajs();
  return new kafkajs.Kafka({
    clientId: config.clientId,
    brokers: [...config.brokers],
    ...(config.ssl === false ? {} : { ssl: tlsOptions(config.ssl) }),
    // A copy: kafkajs keeps its authenticator in it, and would use that one for other settings too.
    ...(config.sasl === undefined ? {} : { sasl: { ...config.sasl } as kafkajs.SASLOptions }),
    connectionTimeout: 5_000,
    authenticationTimeout: 10_000,
    retry: { initialRetryTime: 200, maxRetryTime: 2_000, retries },
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => logEntry(log),
  });
}

function tlsOptions(ssl: Exclude<KafkaSourceConfig["ssl"], false>) {
  if (ssl === true) return true;
  const pem = (key: "ca" | "cert" | "key") => {
    const path = ssl[key];
    if (path === undefined) return {};
    try {
      return { [key]: readFileSync(path, "utf8") };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new FundpulseError("FP1001", `source.ssl.${key}: ${path} cannot be read (${code})`);
    }
  };
  return {
    ...pem("ca"),
    ...pem("cert"),
    ...pem("key"),
    ...(ssl.passphrase === undefined ? {} : { passphrase: ssl.passphrase }),
    ...(ssl.servername === undefined ? {} : { servername: ssl.servername }),
    rejectUnauthorized: ssl.rejectUnauthorized,
  };
}

/** So long the same words are not said again above debug. */
const REPEAT_MS = 60_000;

/** kafkajs calls every retry an error; for the operator it is a warning, now and then, and its words alone. */
function logEntry(log: Log): (entry: kafkajs.LogEntry) => void {
  const said = new Map<string, number>();
  return ({ namespace, level, log: entry }) => {
    const detail = { from: namespace, message: entry.message, ...errorText(entry.error) };
    const now = performance.now();
    const repeated = now - (said.get(entry.message) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS;
    if (level > kafkajs.logLevel.ERROR || repeated) return log.debug("kafka client", detail);
    if (said.size > 100) said.clear();
    said.set(entry.message, now);
    log.warn("kafka client", detail);
  };
}

const errorText = (error: unknown): { error?: string } =>
  typeof error === "string" ? { error } : error instanceof Error ? { error: error.message } : {};

const REFUSED = new Set([
  "TOPIC_AUTHORIZATION_FAILED",
  "GROUP_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "SASL_AUTHENTICATION_FAILED",
  "UNSUPPORTED_SASL_MECHANISM",
]);
const TLS_TROUBLE =
  /certificate|self.signed|wrong version number|ssl routines|altnames|alert (?:un|bad|hand)/i;

/**
 * What a failed call means for the operator: FP3005 when the broker refused us (or we its certificate),
 * FP3001 when it cannot be reached. A FundpulseError passes through.
 */
export function kafkaFailure(error: unknown, config: KafkaConnection): FundpulseError {
  const chain: { name?: string; type?: string; message: string }[] = [];
  for (let e = error; e instanceof Error && chain.length < 8; e = e.cause) {
    if (e instanceof FundpulseError) return e;
    chain.push(e as (typeof chain)[number]);
  }
  const where = `Kafka at ${config.brokers.join(", ")}`;
  for (const e of chain) {
    if (e.name === "KafkaJSSASLAuthenticationError" || (e.type !== undefined && REFUSED.has(e.type))) {
      const who = config.sasl
        ? `user ${config.sasl.username} (${config.sasl.mechanism})`
        : "us (no sasl given)";
      return new FundpulseError("FP3005", `${where} refused ${who}: ${e.message}`, { cause: error });
    }
    if (TLS_TROUBLE.test(e.message)) {
      return new FundpulseError("FP3005", `${where}: TLS failed: ${e.message}`, {
        cause: error,
        action:
          "correct source.ssl (ca names the PEM file of the authority that signed the broker's certificate)",
      });
    }
  }
  const text = chain.at(-1)?.message ?? String(error);
  const hint = /disconnected|closed/i.test(text) ? " (does source.ssl fit the listener?)" : "";
  return new FundpulseError("FP3001", `${where} cannot be reached: ${text}${hint}`, { cause: error });
}

/**
 * What a call to Kafka brings.
 * @throws FundpulseError FP3001, FP3005 where the cluster cannot be reached, or refuses us
 */
export async function kafkaCalls<T>(config: KafkaConnection, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const foreign = error instanceof Error && error.name.startsWith("KafkaJS");
    throw foreign ? kafkaFailure(error, config) : error;
  }
}

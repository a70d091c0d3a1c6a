import { FundpulseError } from "../../schemas/errors.js";
import type { KafkaConnection } from "../kafka/client.js";
import { createKafkaClient, kafkaCalls } from "../kafka/client.js";
import { CommittedLog, type LogMessage } from "../kafka/committed-log.js";
import type { Log } from "../ports/log.js";
import { readMeta } from "./figure.js";
import type { JobManifest } from "./generate.js";

/** What a figures topic says of the job that writes it. */
export interface FiguresTold {
  /** Digest and key check of the job; null where its record was not met. */
  readonly manifest: { readonly digest: string; readonly keyCheck: string } | null;
  /** The savepoint that a job stopped with last, and whether nothing was written after it; null where none was noted. */
  readonly savepoint: { readonly path: string; readonly isLast: boolean } | null;
  /** Records of each topic that the figures are not of yet. */
  readonly lag: Readonly<Record<"settlement" | "facility", number>>;
  /** Records of figures that stand. */
  readonly figures: number;
  /** False where the topic was not read to its end in time. */
  readonly whole: boolean;
}

/** How long a topic is read at most. */
const READ_MS = 60_000;

/**
 * Reads the committed records of a figures topic to its present end, whichever job writes them: of its figures only how
 * many there are.
 * @throws FundpulseError FP3001, FP3005 where Kafka cannot be reached; FP3102 where a topic of the job is not there
 */
export const readFiguresTopic = (
  connection: KafkaConnection,
  manifest: JobManifest,
  log: Log,
  readMs = READ_MS,
): Promise<FiguresTold> => kafkaCalls(connection, () => read(connection, manifest, log, readMs));

async function read(
  connection: KafkaConnection,
  manifest: JobManifest,
  log: Log,
  readMs: number,
): Promise<FiguresTold> {
  const { topics } = manifest;
  const admin = createKafkaClient(connection, log, 5).admin();
  const figures = new CommittedLog(connection, topics.figures, log);
  const next = { settlement: new Map<number, number>(), facility: new Map<number, number>() };
  const standing = new Set<string>();
  let found: FiguresTold["manifest"] = null;
  let savepoint: { path: string; isLast: boolean } | null = null;
  const take = ({ key, value }: LogMessage): void => {
    if (key === null) return;
    const name = key.toString();
    if (value === null) standing.delete(name);
    else standing.add(name);
    const figure = readMeta(name, value);
    if (savepoint !== null) savepoint.isLast = false;
    if (figure?.kind === "savepoint") savepoint = { path: figure.path, isLast: true };
    if (figure?.kind === "progress") next[figure.stream].set(figure.partition, figure.last + 1);
    else if (figure?.kind === "manifest") found = figure;
  };
  try {
    await admin.connect();
    const present = new Set(await admin.listTopics());
    const missing = Object.values(topics).filter((t) => !present.has(t));
    const ends = missing.length > 0 ? null : await figures.ends();
    if (ends === null) {
      throw new FundpulseError(
        "FP3102",
        `topic ${missing.join(", ") || topics.figures} does not exist on ${connection.brokers.join(", ")}: no job of this configuration has run there`,
      );
    }
    const { low, high } = ends;
    const signal = AbortSignal.timeout(readMs);
    let at = low;
    while (at < high && !signal.aborted) {
      const part = await figures.read(at, signal, (error) => log.debug("figures topic", { error }));
      part?.messages.forEach(take);
      at = part?.next ?? at;
    }
    const lagOf = async (stream: "settlement" | "facility"): Promise<number> =>
      (await admin.fetchTopicOffsets(topics[stream])).reduce((sum, ends) => {
        const read = next[stream].get(ends.partition) ?? Number(ends.low);
        return sum + Math.max(0, Number(ends.high) - read);
      }, 0);
    return {
      manifest: found,
      savepoint,
      lag: { settlement: await lagOf("settlement"), facility: await lagOf("facility") },
      figures: standing.size,
      whole: at >= high,
    };
  } finally {
    await figures.close();
    await admin.disconnect();
  }
}

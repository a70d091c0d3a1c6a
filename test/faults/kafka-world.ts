import { silentLog } from "../../connectors/ports/log.js";
import type { Random } from "../../pipelines/simulate/random.js";
import type { SimEvent } from "../../pipelines/simulate/write/event.js";
import { writeKafka } from "../../pipelines/simulate/write/kafka.js";
import { type KafkaCluster, startKafka } from "../support/kafka/broker.mjs";
import { kafkaConfig } from "../support/kafka/source-fixture.js";
import {
  createTopic,
  deleteBefore,
  quietClient,
  recreate,
  unique,
  withAdmin,
} from "../support/kafka/test-broker.js";
import { Workspace } from "../support/workspace.js";
import { CONFIG, PIECES, pieces } from "./history.js";
import { Round } from "./round.js";

const PARTITIONS = 3;
const STREAMS = ["settlement", "facility", "enrolment"] as const;

/** A round whose pipeline reads topics of its own, from a broker that belongs to the campaign. */
export class KafkaRound extends Round {
  constructor(
    w: Workspace,
    random: Random,
    feed: () => Promise<boolean>,
    readonly cluster: KafkaCluster,
    readonly topics: Readonly<Record<(typeof STREAMS)[number], string>>,
    readonly groupId: string,
    /** Sends once more what was sent so far. */
    readonly replay: () => Promise<void>,
  ) {
    super(w, random, feed);
  }

  get brokers(): string[] {
    return this.cluster.brokers;
  }

  /** Offsets of the topic of settlements, where something can be lost. */
  async settlements(): Promise<{ partition: number; low: number; high: number }[]> {
    const offsets = await withAdmin(this.brokers, (admin) => admin.fetchTopicOffsets(this.topics.settlement));
    return offsets.map(({ partition, low, high }) => ({
      partition,
      low: Number(low),
      high: Number(high),
    }));
  }

  deleteBefore(partitions: readonly { partition: number; offset: number }[]): Promise<void> {
    return deleteBefore(this.brokers, this.topics.settlement, partitions);
  }

  recreate(): Promise<void> {
    return recreate(this.brokers, this.topics.settlement, PARTITIONS);
  }

  /** Another member of the group, for as long as `work` takes. */
  async withMember(work: () => Promise<void>): Promise<void> {
    const consumer = quietClient(this.brokers).consumer({ groupId: this.groupId, sessionTimeout: 6_000 });
    await consumer.connect();
    try {
      await consumer.subscribe({ topics: Object.values(this.topics), fromBeginning: true });
      await consumer.run({ autoCommit: this.random.below(2) === 0, eachMessage: async () => undefined });
      await work();
    } finally {
      await consumer.disconnect().catch(() => undefined);
    }
  }
}

/** A broker of the campaign's own, to be killed and frozen. */
export class KafkaWorld {
  private constructor(
    private readonly cluster: KafkaCluster,
    private readonly parts: readonly SimEvent[][],
  ) {}

  static async make(): Promise<KafkaWorld> {
    return new KafkaWorld(await startKafka({ archive: true }), pieces());
  }

  /** Half of the history lies there, drained or not. */
  async round(random: Random): Promise<KafkaRound> {
    const { cluster, parts } = this;
    const { brokers } = cluster;
    const topics = {
      settlement: unique("settlement"),
      facility: unique("facility"),
      enrolment: unique("enrolment"),
    };
    for (const stream of STREAMS) await createTopic(brokers, topics[stream], PARTITIONS);
    const groupId = unique("group");
    const w = new Workspace({ ...CONFIG, source: { kind: "kafka", brokers, groupId, topics } });
    const config = kafkaConfig({ brokers, topics });
    const send = (i: number): Promise<number> =>
      writeKafka(config, parts[i]!, i % 2 === 0 ? "avro" : "json", silentLog);
    let sent = 0;
    const feed = async (): Promise<boolean> => {
      if (sent >= PIECES) return false;
      await send(sent++);
      return true;
    };
    const replay = async (): Promise<void> => {
      for (let i = 0; i < sent; i++) await send(i);
    };
    while (sent < PIECES / 2) await feed();
    return new KafkaRound(w, random, feed, cluster, topics, groupId, replay);
  }

  async remove(): Promise<void> {
    await this.cluster.stop();
  }
}

import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaRound } from "./kafka-world.js";
import type { KafkaFault } from "./kinds.js";

const RUN = ["run", "--no-ops"];
/** A run of the pipeline beside which something happens to the broker or the group; stopped in good order. */
async function beside(round: KafkaRound, work: (child: ChildProcess) => Promise<void>): Promise<void> {
  const { child, ended } = round.start(...RUN);
  const feeding = (async () => {
    await sleep(round.random.below(400));
    await round.feed().catch(() => undefined);
  })();
  await round.moment(ended);
  await work(child);
  await feeding;
  await sleep(round.random.below(1_500));
  child.kill("SIGTERM");
  const late = sleep(20_000, undefined, { ref: false }).then(() => child.kill("SIGKILL"));
  const end = await ended;
  void late;
  if (end.code === 75) round.told.push("75");
  else round.judged(RUN, end);
}

/** What may happen to a pipeline that reads from Kafka, to its broker, its group and its topics. */
export const KAFKA_KINDS: readonly KafkaFault[] = [
  {
    name: "pipeline killed, on Kafka",
    weight: 12,
    happen: (round) => round.killed(RUN, 1 + round.random.below(3)),
  },
  {
    name: "broker killed",
    weight: 6,
    happen: (round) =>
      beside(round, async () => {
        await round.cluster.kill(0);
        await sleep(round.random.below(3_000));
        await round.cluster.restart(0);
      }),
  },
  {
    name: "broker frozen",
    weight: 6,
    happen: (round) =>
      beside(round, async () => {
        round.cluster.signal(0, "SIGSTOP");
        await sleep(500 + round.random.below(6_000));
        round.cluster.signal(0, "SIGCONT");
      }),
  },
  {
    name: "pipeline frozen past its session",
    weight: 1,
    happen: (round) =>
      beside(round, async (child) => {
        child.kill("SIGSTOP");
        await round.feed();
        await sleep(11_000 + round.random.below(3_000));
        child.kill("SIGCONT");
      }),
  },
  {
    name: "second member of the group",
    weight: 6,
    happen: (round) => beside(round, () => round.withMember(() => sleep(500 + round.random.below(2_500)))),
  },
  {
    name: "records expired unread",
    weight: 6,
    happen: async (round) => {
      await round.drain();
      const before = await round.settlements();
      await round.feed();
      const after = await round.settlements();
      const lost = after.filter(({ partition, high }) => high > before[partition]!.high + 1);
      await round.deleteBefore(
        lost.map(({ partition, high }) => ({
          partition,
          offset: before[partition]!.high + 1 + round.random.below(high - before[partition]!.high),
        })),
      );
      await round.refused(() => round.drain(), ["FP3002"]);
      await round.drain({ acceptGaps: [round.topics.settlement] });
      // The sender sends again what was lost; what is known already counts once.
      await round.replay();
    },
  },
  {
    name: "topic made anew",
    weight: 6,
    happen: async (round) => {
      await round.drain();
      await round.recreate();
      if (round.random.below(2) === 0) await round.feed();
      await round.refused(() => round.drain(), ["FP3003"]);
      await round.drain({ acceptGaps: [round.topics.settlement] });
      await round.replay();
    },
  },
  {
    name: "read records expired",
    weight: 3,
    happen: async (round) => {
      await round.drain();
      const offsets = await round.settlements();
      await round.deleteBefore(
        offsets
          .filter(({ high }) => high > 0)
          .map(({ partition, high }) => ({ partition, offset: round.random.below(high + 1) })),
      );
    },
  },
];

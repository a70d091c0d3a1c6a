import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { canMount, cutOff, emptied, fill, flipInFile, mountDisk } from "./damage.js";
import type { FaultKind } from "./kinds.js";
import type { Round } from "./round.js";

const RUN = ["run", "--no-ops"];
const HOUR_MS = 3_600_000;
/** A state that rot has changed is told by one of these. */
const ROT = ["FP2002", "FP2003", "FP2004", "FP2005", "FP2011"];
/** Published files that cannot be read or written are told by one of these. */
const PUBLISHED = ["FP2011", "FP4001", "FP4002", "FP4003", "FP4005", "FP4006"];
const FULL = ["FP9001", "FP4001", "FP4005", "FP5002"];
const READ_ONLY = ["FP9001", "FP9002", "FP9003", "FP2004", "FP4001", "FP4005"];

/** Commands that a clerk or a timer starts beside the pipeline. */
const COMMANDS: readonly (readonly string[])[] = [
  ["rebuild"],
  ["verify"],
  ["close", "2023-12", "--force"],
  ["nightly", "--date", "2024-05-01"],
  ["quarantine", "retry", "--all"],
  ["report", "2024Q1", "--format", "md"],
  ["check", "--quiet"],
  ["run", "--until-drained", "--no-ops"],
];

function withoutLog(state: string): void {
  for (const end of ["-wal", "-shm"]) rmSync(state + end, { force: true });
}

/** Both files of what is published. */
const publishedFiles = ({ w }: Round): string[] => [w.published, join(w.data, "work", "published.duckdb")];

function forgetPublished({ w }: Round): void {
  for (const folder of ["published", "work"]) rmSync(join(w.data, folder), { recursive: true, force: true });
}

/** Who says that it holds the state; said once the lock is taken. */
function holderOf({ w }: Round): number | undefined {
  try {
    return (JSON.parse(readFileSync(join(w.data, "lock.json"), "utf8")) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}

/** `data` on a disk of its own for as long as `work` takes. */
async function onDisk(
  round: Round,
  work: (disk: NonNullable<ReturnType<typeof mountDisk>>) => Promise<void>,
): Promise<void> {
  const { data } = round.w;
  const aside = `${data}-aside`;
  cpSync(data, aside, { recursive: true, preserveTimestamps: true });
  const disk = mountDisk(data, "256m");
  if (disk === null) throw new Error("no disk can be mounted");
  try {
    cpSync(aside, data, { recursive: true, preserveTimestamps: true });
    await work(disk);
    disk.writable();
    cpSync(data, aside, { recursive: true, preserveTimestamps: true, force: true });
  } finally {
    disk.unmount();
    rmSync(data, { recursive: true, force: true });
    cpSync(aside, data, { recursive: true, preserveTimestamps: true });
    rmSync(aside, { recursive: true, force: true });
  }
}

const DISKS: readonly FaultKind[] = [
  {
    name: "disk full",
    weight: 3,
    happen: (round) =>
      onDisk(round, async () => {
        fill(round.w.data);
        await round.feed();
        await round.attempt(() => round.drain(), FULL);
        emptied(round.w.data);
        await round.drain();
      }),
  },
  {
    name: "disk read-only",
    weight: 3,
    happen: (round) =>
      onDisk(round, async (disk) => {
        disk.readOnly();
        await round.feed();
        await round.refused(() => round.drain(), READ_ONLY);
      }),
  },
];

/** What may happen to a pipeline that reads a drop folder, and to its files. */
export const FOLDER_KINDS: readonly FaultKind[] = [
  {
    name: "pipeline killed",
    weight: 22,
    happen: (round) => round.killed(RUN, 1 + round.random.below(3)),
  },
  {
    name: "command killed",
    weight: 12,
    closes: true,
    happen: async (round) => {
      await round.feed();
      await round.killed(COMMANDS[round.random.below(COMMANDS.length)]!, 0);
    },
  },
  {
    name: "pipeline frozen, another started",
    weight: 3,
    happen: async (round) => {
      const { child, ended } = round.start(...RUN);
      await round.feed();
      await round.moment(ended);
      child.kill("SIGSTOP");
      const holds = holderOf(round) === child.pid;
      if (holds) await round.refused(() => round.drain(), ["FP2001"]);
      else await round.attempt(() => round.drain(), ["FP2001"]);
      child.kill("SIGCONT");
      await sleep(round.random.below(300));
      child.kill("SIGTERM");
      round.judged(RUN, await ended);
    },
  },
  {
    name: "bits flipped in the state",
    weight: 12,
    happen: async (round) => {
      const { state } = round.w;
      const sound = readFileSync(state);
      flipInFile(state, round.random);
      await round.feed();
      if ((await round.attempt(() => round.drain(), ROT)) === null) return;
      withoutLog(state);
      writeFileSync(state, sound);
    },
  },
  {
    name: "published file damaged",
    weight: 9,
    happen: async (round) => {
      const file = publishedFiles(round)[round.random.below(2)]!;
      const how = round.random.below(4);
      if (how === 0) rmSync(file);
      else if (how === 1) cutOff(file, round.random);
      else if (how === 2) writeFileSync(file, Buffer.alloc(9_000, "x"));
      else flipInFile(file, round.random);
      await round.feed();
      if ((await round.attempt(() => round.drain(), PUBLISHED)) !== null) forgetPublished(round);
    },
  },
  {
    name: "killed, and its last writes lost",
    weight: 9,
    happen: async (round) => {
      await round.killed(RUN, 2);
      const log = `${round.w.state}-wal`;
      if (existsSync(log) && statSync(log).size > 0) cutOff(log, round.random);
      if ((await round.attempt(() => round.drain(), ["FP2011"])) !== null)
        round.going = { way: { acceptOlderState: true } };
    },
  },
  {
    name: "older state put back",
    weight: 6,
    happen: async (round) => {
      const { state } = round.w;
      const aside = join(round.w.dir, "aside.sqlite");
      copyFileSync(state, aside);
      await round.feed();
      await round.drain();
      withoutLog(state);
      copyFileSync(aside, state);
      await round.refused(() => round.drain(), ["FP2011"]);
      round.going = { way: { acceptOlderState: true } };
    },
  },
  {
    name: "state gone or empty",
    weight: 4,
    happen: async (round) => {
      const { state } = round.w;
      if (round.random.below(2) === 0) rmSync(state);
      else writeFileSync(state, "");
      withoutLog(state);
      await round.feed();
      await round.refused(() => round.drain(), ["FP2011"]);
      round.going = { way: { newState: true } };
    },
  },
  {
    name: "disk lost, backup restored",
    weight: 3,
    happen: async (round) => {
      const file = join(round.w.dir, "night.backup");
      await round.command(["backup", file]);
      await round.feed();
      await round.drain();
      rmSync(round.w.data, { recursive: true });
      await round.command(["restore", file]);
    },
  },
  {
    name: "clock set",
    weight: 6,
    happen: async (round) => {
      const { random } = round;
      const far = [1, 24, 24 * 40, 24 * 400][random.below(4)]! * HOUR_MS;
      const first = random.below(2) === 0 ? far : -far;
      const begun = Date.now();
      await round.feed();
      // In the midst of the run it is set, and again.
      let asked = 0;
      await round.drain({ clock: () => Date.now() + (asked++ < 3 + random.below(20) ? 0 : first) });
      await round.feed();
      await round.drain({ clock: () => begun - (random.below(2) === 0 ? first : 0) });
    },
  },
  ...(canMount() ? DISKS : []),
];

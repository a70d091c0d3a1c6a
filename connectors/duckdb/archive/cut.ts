import { FundpulseError } from "../../../schemas/errors.js";
import { type JobMeta, prefixOfMeta, readMeta } from "../../flink/figure.js";
import { sourceName } from "../../kafka/topics.js";
import type { StateSnapshot } from "../../state/read-snapshot.js";

/** Of which rows of the archive the figures of a state are. */
export interface ArchiveCut {
  readonly partition: number;
  /** The last position that was read. */
  readonly last: number;
  /** Rows of the archive up to there. */
  readonly rows: number;
}

const told = <K extends JobMeta["kind"]>(
  snapshot: StateSnapshot,
  what: "settlement" | "facility" | "archived",
  kind: K,
): Extract<JobMeta, { readonly kind: K }>[] =>
  snapshot.figures(prefixOfMeta(what)).flatMap(([key, value]) => {
    const meta = readMeta(key, value);
    return meta?.kind === kind ? [meta as Extract<JobMeta, { readonly kind: K }>] : [];
  });

/** The cut of the archive that the figures of a snapshot are of, by partition of the settlements. */
export function archiveCut(snapshot: StateSnapshot): ArchiveCut[] {
  const rows = new Map(told(snapshot, "archived", "archived").map((m) => [m.partition, m.rows]));
  return told(snapshot, "settlement", "progress").map(({ partition, last }) => ({
    partition,
    last,
    rows: rows.get(partition) ?? 0,
  }));
}

/**
 * While another figures topic takes the place of the first, the state still has the figures of the first one's job.
 * @throws FundpulseError FP3107
 */
export function requireFiguresOf(snapshot: StateSnapshot, topic: string): void {
  const taken = snapshot.meta("figures_topic");
  if (taken === undefined || taken === topic) return;
  throw new FundpulseError(
    "FP3107",
    `the figures are still those of topic ${taken}, and the archive is that of ${topic}`,
    { action: "run it again when the new job has read as far (`fundpulse flink status`)" },
  );
}

/**
 * The facilities that decide a settlement's dimensions are read by the job and by this program, each for itself: what is
 * derived from the archive is of the job's figures only where both have come equally far.
 * @throws FundpulseError FP3107 where they have not
 */
export function requireSameFacilities(snapshot: StateSnapshot, topic: string): void {
  const here = snapshot.positions(sourceName(topic));
  const there = new Map(told(snapshot, "facility", "progress").map((m) => [String(m.partition), m.last + 1]));
  for (const partition of new Set([...here.keys(), ...there.keys()])) {
    const [own, job] = [here.get(partition) ?? 0, there.get(partition) ?? 0];
    if (own === job) continue;
    throw new FundpulseError(
      "FP3107",
      `of topic ${topic}, partition ${partition}, the job has read ${job} records and this program ${own}`,
    );
  }
}

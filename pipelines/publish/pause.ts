/** A publish that is over. */
export interface PublishTime {
  readonly ms: number;
  /** Share of it in which the program's thread, which reads and counts, was busy: 0 to 1. */
  readonly busy: number;
}

/** Up to here the thread has time to spare: what arrives is taken in as fast as it comes. */
const SPARE = 0.7;
/** From here on reading is held up by publishing. */
const FULL = 0.9;

/**
 * How long to wait after a publish before the next one (docs/specification.md#published): not at all while reading
 * keeps up; as long as the publish took when it does not. A publish leaves reading at least 40 % of its rate, so
 * over publish and pause together it keeps 70 %.
 */
export function pauseAfter({ ms, busy }: PublishTime): number {
  return ms * Math.min(1, Math.max(0, (busy - SPARE) / (FULL - SPARE)));
}

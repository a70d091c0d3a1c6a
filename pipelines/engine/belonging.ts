import { join } from "node:path";
import { type StandingFile, standingFile } from "../../connectors/duckdb/publish/standing.js";
import { publishedPath, statePath } from "../../connectors/files/paths.js";
import { setAside } from "../../connectors/state/aside.js";
import { peekState, type Replaced, type StateFacts } from "../../connectors/state/peek.js";
import type { Config } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { EpochMs } from "../../schemas/units.js";

/** What somebody said about a state that does not belong to the published file. */
export interface StartOptions {
  /** Begin anew beside what is published. */
  readonly newState?: boolean;
  /** Go on with a state that is older than what is published. */
  readonly acceptOlderState?: boolean;
}

/** What is to be noted in the state when it is opened. */
export interface Acceptance {
  readonly kind: "new-state" | "older-state";
  readonly detail: object;
  readonly replaces: readonly Replaced[];
}

/** The published file and the working file behind it: both tell what was published. */
const filesOf = (data: string): string[] => [publishedPath(data), join(data, "work", "published.duckdb")];

/** What stands published of a workspace, the latest first. */
export async function standingFiles(data: string): Promise<(StandingFile | "unreadable")[]> {
  const [published, work] = await Promise.all(filesOf(data).map(standingFile));
  // The working file may be one that a crash cut off: alone it decides nothing that cannot be read.
  return [published, work === "unreadable" ? null : work]
    .filter((file) => file !== null)
    .sort((a, b) => (b === "unreadable" ? 0 : b.version) - (a === "unreadable" ? 0 : a.version));
}

/**
 * Holds the state of a workspace against what is published beside it, before anything is opened for writing: a state
 * that is gone, of another identity or older than what stands would publish figures that are wrong and look right
 * (docs/specification.md#state). Returns what to note in the state when one of the ways on was chosen. The caller holds
 * the state lock.
 * @throws FundpulseError FP2011; nothing was changed. FP1003 where `newState` would throw a state away.
 */
export async function checkBelonging(
  config: Config,
  way: StartOptions,
  now: EpochMs,
): Promise<Acceptance | null> {
  const path = statePath(config.data);
  const peek = peekState(path);
  const standing = await standingFiles(config.data);
  const readable = standing.filter((file) => file !== "unreadable");
  if (peek.kind === "unreadable") return null;
  if (peek.kind !== "state") {
    if (standing.length === 0) return null;
    const what = `the state ${path} is ${peek.kind === "missing" ? "gone" : "empty"}, and ${told(standing)}`;
    if (!way.newState)
      throw refusal(`${what}; a new state would begin without them, and nothing was changed`);
    setAside(path, now);
    return begunAnew(readable);
  }
  const { facts } = peek;
  const strange = readable.find((file) => !belongs(file, facts) && file.stateId !== facts.stateId);
  const newer = readable.find((file) => !belongs(file, facts) && file.stateId === facts.stateId);
  if (strange === undefined && newer === undefined) {
    if (!way.newState) return null;
    throw new FundpulseError("FP1003", `--new-state: ${path} is a state, and nothing speaks against it`, {
      action: "leave the flag away; to begin anew all the same, move the whole `data` folder away first",
    });
  }
  if (way.newState) {
    setAside(path, now);
    return begunAnew(readable);
  }
  if (strange !== undefined) {
    throw refusal(
      `the state ${path} (id ${facts.stateId}) is another one than that which ${strange.path} was published from ` +
        `(id ${strange.stateId}): ${told([strange])}; nothing was changed`,
      "put the right state back (`fundpulse restore <file>`), or, where the published file is the wrong one, move it and `data/work` away; to begin anew: `fundpulse run --new-state`",
    );
  }
  const older = newer as StandingFile;
  if (way.acceptOlderState) {
    return {
      kind: "older-state",
      detail: { version: older.version, sequence: older.sequence, closed: lostCloses(older, facts) },
      replaces: readable.map(({ stateId, sequence }) => ({ stateId, sequence })),
    };
  }
  throw refusal(
    `the state ${path} (commit ${facts.sequence}) is older than ${older.path} (commit ${older.sequence}): ` +
      `${told([older], facts)}; nothing was changed`,
    "put the latest state back (`fundpulse restore <file>`), or go on from this one, which reads again what it has not read, with `fundpulse run --accept-older-state` and close again what is lost",
  );
}

const belongs = (file: StandingFile, facts: StateFacts): boolean =>
  (file.stateId === facts.stateId && file.sequence <= facts.sequence) ||
  facts.replaces.some((r) => r.stateId === file.stateId && file.sequence <= r.sequence);

const refusal = (what: string, action?: string): FundpulseError =>
  new FundpulseError("FP2011", what, action === undefined ? {} : { action });

const lostCloses = (file: StandingFile, facts?: StateFacts): string[] =>
  file.closed.filter((period) => !(facts?.closed ?? []).includes(period));

/** What stands, and what of it the state does not have. */
function told(standing: readonly (StandingFile | "unreadable")[], facts?: StateFacts): string {
  const [file] = standing;
  if (file === "unreadable" || file === undefined) return "a published file stands that cannot be read";
  const closed = lostCloses(file, facts);
  const versions =
    facts?.version == null || facts.version + 1 >= file.version
      ? `version ${file.version} stands published`
      : `versions ${facts.version + 1} to ${file.version} stand published`;
  const closes =
    closed.length === 0
      ? "without a close"
      : `with ${closed.length} ${closed.length === 1 ? "close" : "closes"} (${closed.join(", ")})`;
  return `${versions} ${closes}`;
}

function begunAnew(readable: readonly StandingFile[]): Acceptance {
  const [latest] = readable;
  return {
    kind: "new-state",
    detail: latest
      ? { instead_of: latest.stateId, version: latest.version, closed: latest.closed }
      : { instead_of: null },
    replaces: readable.map(({ stateId, sequence }) => ({ stateId, sequence })),
  };
}

import { createHash } from "node:crypto";
import { withReported } from "../../aggregations/closing/frozen.js";
import { PROGRAM_VERSION } from "../../connectors/files/program-version.js";
import type { Figure, PublishedState, PublishInput } from "../../connectors/ports/publisher.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { EpochMs } from "../../schemas/units.js";
import type { Intake } from "../ingest/intake.js";
import type { PublishState } from "../ledger/ports.js";
import { AlertEvaluator } from "./alerts.js";
import { closedSnapshot } from "./closed-periods.js";
import { givenFigures } from "./given-figures.js";
import { OutlookTable } from "./outlook.js";
import { PublishedSums, type Window } from "./sums.js";
import { toldOf } from "./told.js";
import { WholeTables } from "./whole-tables.js";

/** Takes what is published: one consistent snapshot of what changed since the last publish. */
export class Publication {
  #publishedSequence: number;
  #publishedGroups: number;
  #full: boolean;
  readonly #sums: PublishedSums;
  #figuresSpan = "";
  /** By period, what figures the last snapshot had, as text; null before the first. */
  #figuresGiven: ReadonlyMap<string, string> | null = null;
  readonly #allStreams = new Set<StreamName>(["enrolment", "fund-entry", "dip-result", "reported-fact"]);
  readonly #tables: WholeTables;
  readonly #outlook: OutlookTable;
  readonly alerts: AlertEvaluator;
  /** The published version when nothing is left to publish; null when something is. */
  readonly publishedVersion: number | null;
  /** The version that readers see meanwhile; null when there is none of this state. */
  readonly standingVersion: number | null;
  /** Figures were computed, but the publish that had them did not succeed yet. */
  #figuresDue = false;

  constructor(
    private readonly state: PublishState,
    private readonly intake: Intake,
    published: PublishedState | null,
  ) {
    const { store } = state;
    this.#tables = new WholeTables(state);
    this.#outlook = new OutlookTable(state);
    this.alerts = new AlertEvaluator(state);
    const ahead = published !== null && published.sequence > store.sequence;
    // A state older than what was published (a backup): that file stays foreign, however far we come.
    if (ahead) store.commit(() => store.setMeta("publish_full", "1"));
    // A working file from before what this state published last: groups and days that came since are not in it.
    const behind = published !== null && published.sequence < Number(store.meta("published_sequence") ?? 0);
    this.#full = published === null || state.mustPublishFull || ahead || behind;
    this.#publishedSequence = this.#full ? 0 : published!.sequence;
    this.#publishedGroups = this.#full ? 0 : Number(store.meta("published_groups") ?? 0);
    this.#sums = new PublishedSums(
      state,
      this.#full ? null : published!.span,
      store.months.touchedSince(this.#publishedSequence),
    );
    for (const stream of this.#allStreams) intake.changedStreams.add(stream);
    // A version that the state does not know of (killed before it was noted) raised alerts that are not kept.
    const current =
      !this.#full &&
      store.meta("published_sequence") === String(this.#publishedSequence) &&
      Number(store.meta("content_sequence") ?? 0) <= this.#publishedSequence &&
      store.months.touchedSince(this.#publishedSequence).length === 0 &&
      store.meta("published_reference") === this.#referenceText();
    this.standingVersion = ahead ? null : (published?.version ?? null);
    this.publishedVersion = current ? published!.version : null;
    // After a crash the close may be published without the state knowing under which version.
    if (!this.#full) state.closed.published(published!.sequence, published!.version);
  }

  /**
   * What is told beside the figures and moves no month: names in the CSV files as they were read, the program, and what
   * was done to the state.
   */
  #referenceText(): string {
    const { reference, store } = this.state;
    return createHash("sha256")
      .update(JSON.stringify([reference, PROGRAM_VERSION, store.life.history().length]))
      .digest("hex");
  }

  /**
   * A publish failed, perhaps behind its commit: the next one follows on what stands, and gives everything where
   * nothing of this state does.
   */
  failed(published: PublishedState | null): void {
    if (published === null || published.sequence > this.state.store.sequence) this.fullNext();
    else if (!this.#full) {
      this.#publishedSequence = published.sequence;
      this.#sums.stands(published.span);
      this.state.closed.published(published.sequence, published.version);
    }
  }

  /** The next publish gives everything. */
  fullNext(): void {
    this.#full = true;
    this.#tables.forget();
    this.#sums.stands(null);
    this.#publishedSequence = 0;
    this.#publishedGroups = 0;
    this.#sums.wholeNext(this.state.store.months.touchedSince(0));
  }

  /** What changed since the last publish, as of the last commit. */
  snapshot(now: EpochMs): PublishInput {
    const { state } = this;
    const { store } = state;
    const touchedMonths = store.months.touchedSince(this.#publishedSequence);
    // Before the groups are told: groups of frozen figures may be new again.
    const closed = closedSnapshot(state, this.#publishedSequence);
    const span = store.months.dataSpan();
    const sums = this.#sums.snapshot(this.#full, touchedMonths, span);
    const outlook = this.#outlook.snapshot(span, this.intake.changedStreams.has("fund-entry"));
    return {
      full: this.#full,
      sequence: store.sequence,
      since: this.#publishedSequence,
      publishedAt: now,
      firstDataDay: span.firstDay,
      lastDataDay: span.lastDay,
      ...toldOf(state),
      newGroups: state.groups.groups.slice(this.#publishedGroups),
      foresight: { judge: this.alerts.judge(now, span.lastDay, this.#full), outlook },
      ...sums,
      ...this.#figureRows(span, touchedMonths.length > 0 || closed.closed.length > 0),
      ...closed,
      // Versions never fall, also where every published file was lost.
      versionFloor: Math.max(closed.versionFloor, Number(store.meta("published_version") ?? 0)),
      ...this.#tables.changed(),
    };
  }

  /** The cut was published: what it held needs no publishing again. */
  published(input: PublishInput, version: number): void {
    this.#full = false;
    this.#publishedSequence = input.sequence;
    this.#publishedGroups += input.newGroups.length;
    this.#sums.published({ firstDay: input.firstDataDay, lastDay: input.lastDataDay });
    this.#figuresDue = false;
    this.#tables.given();
    this.state.mustPublishFull = false;
    this.state.store.commit(() => {
      this.state.store.setMeta("publish_full", "0");
      this.state.store.setMeta("published_sequence", String(input.sequence));
      this.state.store.setMeta("published_version", String(version));
      this.state.store.setMeta("published_at", String(input.publishedAt));
      this.state.store.setMeta("published_groups", String(this.#publishedGroups));
      this.state.store.setMeta("published_reference", this.#referenceText());
      this.alerts.published();
    });
  }

  /** Figures of the small streams: those of periods in which some changed, all of them if it is not known. */
  #figureRows(window: Window, settlementsChanged: boolean): Pick<PublishInput, "figures" | "figurePeriods"> {
    const spanKey = `${window.firstDay} ${window.lastDay}`;
    const changed = this.intake.changedStreams;
    const moved = spanKey !== this.#figuresSpan;
    // What the funds spent (settled_expense) follows from settlements, with or without fund entries.
    const due = this.#figuresDue || changed.size > 0 || moved || settlementsChanged;
    if (!due && !this.#full) return {};
    // After a snapshot that failed to publish nobody knows what the file holds.
    const previous = this.#figuresDue || this.#full ? null : this.#figuresGiven;
    this.#figuresDue = true;
    changed.clear();
    this.#figuresSpan = spanKey;
    const byPeriod = new Map<string, Figure[]>();
    for (const figure of withReported(givenFigures(this.state, window), this.state.closed.given())) {
      const rows = byPeriod.get(figure.period);
      if (rows) rows.push(figure);
      else byPeriod.set(figure.period, [figure]);
    }
    this.#figuresGiven = new Map([...byPeriod].map(([period, rows]) => [period, JSON.stringify(rows)]));
    if (previous === null) return { figures: [...byPeriod.values()].flat() };
    const now = this.#figuresGiven;
    const figurePeriods = [...new Set([...previous.keys(), ...now.keys()])].filter(
      (period) => previous.get(period) !== now.get(period),
    );
    if (figurePeriods.length === 0) return {};
    return { figures: figurePeriods.flatMap((period) => byPeriod.get(period) ?? []), figurePeriods };
  }
}

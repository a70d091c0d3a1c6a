import type { StreamName } from "../../../schemas/input/streams.js";

/** How often fields came that the stream does not know, among the records that were looked at. */
export interface UnknownFields {
  looked: number;
  readonly names: Map<string, number>;
}

/** Whether the n-th record of a stream is looked at: the first of them, and of those behind one in so many. */
export const isLookedAt = (n: number): boolean => n <= 200 || n % 97 === 0;

/** Names kept of a stream: real tables have some hundred columns. */
const MAX_NAMES = 500;
/** What may be shown of a name; anything else could be a value that slipped into a heading. */
const NAME = /^[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff.-]{0,63}$/;
/** What tools that unwrap change events add. */
const TECHNICAL = /^__/;

/** Notes names of fields that arrive and are not known, from a sample of the records. */
export class UnknownFieldSample {
  readonly #streams = new Map<StreamName, UnknownFields>();

  /** Records that were looked at had these fields beside the known ones. */
  note(stream: StreamName, names: Iterable<string>, records: number): void {
    let found = this.#streams.get(stream);
    if (found === undefined) {
      found = { looked: 0, names: new Map() };
      this.#streams.set(stream, found);
    }
    found.looked += records;
    for (const name of names) {
      if (TECHNICAL.test(name)) continue;
      const shown = NAME.test(name) ? name : "(a name of another form)";
      const known = found.names.get(shown);
      if (known === undefined && found.names.size >= MAX_NAMES) continue;
      found.names.set(shown, (known ?? 0) + records);
    }
  }

  /** What was noted since this was last called; null where it was nothing. */
  take(): ReadonlyMap<StreamName, UnknownFields> | null {
    if (this.#streams.size === 0) return null;
    const taken = new Map(this.#streams);
    this.#streams.clear();
    return taken;
  }
}

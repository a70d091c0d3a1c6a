import type { Decoder } from "../../connectors/ports/decoder.js";
import { STREAM_NAMES, type StreamName } from "../../schemas/input/streams.js";
import type { IngestState } from "../ledger/ports.js";

/** Of a stream: how many records were looked at, and in how many each unknown field stood. */
type Kept = Partial<Record<StreamName, { looked: number; names: Record<string, number> }>>;

/** A field that is often there and not known. */
export interface UnknownField {
  readonly stream: StreamName;
  readonly name: string;
  /** Share of the records that have it. */
  readonly share: number;
}

const KEY = "unknown_fields";
/** A field that fewer records have is a slip rather than a column. */
const OFTEN = 0.05;
/** Counts are halved beyond, so that an export that changed is seen after a while. */
const MEMORY = 20_000;

/** Keeps what a decoder noted. Only inside a commit. */
export function keepUnknownFields(store: IngestState["store"], decoder: Decoder): void {
  const taken = decoder.takeUnknownFields();
  if (taken === null) return;
  const kept = JSON.parse(store.meta(KEY) ?? "{}") as Kept;
  for (const [stream, { looked, names }] of taken) {
    const before = kept[stream] ?? { looked: 0, names: {} };
    const after = new Map(Object.entries(before.names));
    for (const [name, count] of names) after.set(name, (after.get(name) ?? 0) + count);
    const total = before.looked + looked;
    const divisor = total > MEMORY ? 2 : 1;
    kept[stream] = {
      looked: total / divisor,
      names: Object.fromEntries([...after].map(([name, count]) => [name, count / divisor])),
    };
  }
  store.setMeta(KEY, JSON.stringify(kept));
}

/** The fields that arrive often and are not known, the most frequent of each stream first. */
export function unknownFieldsOf(text: string | null): UnknownField[] {
  const kept = JSON.parse(text ?? "{}") as Kept;
  return STREAM_NAMES.flatMap((stream) => {
    const { looked, names } = kept[stream] ?? { looked: 0, names: {} };
    return Object.entries(names)
      .map(([name, count]) => ({ stream, name, share: count / looked }))
      .filter(({ share }) => share >= OFTEN)
      .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
  });
}

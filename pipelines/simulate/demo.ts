import { join } from "node:path";
import { civil, ZoneCalendar } from "../../aggregations/calendar.js";
import { comesLate, inSecondHalf, LIVE_FROM, madeUpBooks, silentFacility } from "./county-year.js";
import { type EventOptions, simulatedEvents } from "./simulate.js";
import type { SimEvent } from "./write/event.js";
import { FolderWriter } from "./write/folder.js";

export interface DemoEvents {
  /** Simulated to the printed totals. */
  readonly printed: number;
  /** Made up beside them. */
  readonly madeUp: number;
  readonly files: readonly string[];
  /** Files that come later, in their order; none without `later`. */
  readonly later: readonly string[];
  /** Files with made-up bills of a month, to be taken after it was closed. */
  readonly late: readonly string[];
}

export interface DemoEventOptions extends EventOptions {
  readonly inbox: string;
  /** Folder for what happens in June 2024, to be moved into the inbox bit by bit; absent: it goes there at once. */
  readonly later?: string;
  /** Folder for made-up bills that come after their month was closed. */
  readonly late: string;
}

const PROGRESS_EVERY = 10_000;
const PER_FILE = 200_000;
/** June comes in as many files as it has quarters of a day. */
const QUARTER_MS = 6 * 3_600_000;

/** Writes the demo's events: those of the bundled report, and what a page needs beside them. */
export function writeDemoEvents(
  options: DemoEventOptions,
  log: (events: number) => void = () => {},
): DemoEvents {
  const calendar = new ZoneCalendar("Asia/Shanghai");
  const inbox = new FolderWriter(options.inbox, { format: "avro", codec: "deflate" });
  const extra = new FolderWriter(options.inbox, { format: "avro", codec: "deflate" });
  extra.label("made-up");
  const late = new FolderWriter(options.late, { format: "avro", codec: "deflate" });
  late.label("late");
  const later = options.later === undefined ? null : new LaterWriter(options.later, calendar);
  const put = (writer: FolderWriter, event: SimEvent): void => {
    if (!later?.takes(event)) writer.write(event);
  };
  let printed = 0;
  let madeUp = 0;
  const more = (event: SimEvent): void => {
    madeUp++;
    put(extra, event);
  };
  for (const event of madeUpBooks()) more(event);
  const silent = [...silentFacility(calendar)];
  for (const event of simulatedEvents(options)) {
    if (printed > 0 && printed % PER_FILE === 0) inbox.label(String(printed / PER_FILE + 1).padStart(6, "0"));
    put(inbox, event);
    if (event.stream === "settlement") {
      const again = inSecondHalf(event.record, calendar);
      if (again !== null && comesLate(again, calendar)) {
        madeUp++;
        late.write({ stream: "settlement", record: again });
      } else if (again !== null) more({ stream: "settlement", record: again });
      // In the order of time with the others, so that it is seen to fall silent.
      while (silent.length > 0 && timeOf(silent[0]!) <= event.record.setl_time) more(silent.shift()!);
    }
    if (++printed % PROGRESS_EVERY === 0) log(printed + madeUp);
  }
  for (const event of silent) more(event);
  log(printed + madeUp);
  return {
    printed,
    madeUp,
    files: [...inbox.close(), ...extra.close()],
    later: later?.close() ?? [],
    late: late.close(),
  };
}

const timeOf = (event: SimEvent): number =>
  event.stream === "settlement" ? event.record.setl_time : Number.NEGATIVE_INFINITY;

/** Takes what happens from 1 June on, in the order in which it happens, a file for each quarter of a day. */
class LaterWriter {
  readonly #writer: FolderWriter;
  readonly #from: number;
  #quarter = -1;

  constructor(dir: string, calendar: ZoneCalendar) {
    const [year, month, day] = civil(LIVE_FROM);
    this.#from = calendar.instantOf(year, month, day);
    this.#writer = new FolderWriter(join(dir), { format: "avro", codec: "deflate" });
  }

  takes(event: SimEvent): boolean {
    if (event.stream !== "settlement") return false;
    const at = Math.max(event.record.setl_time, event.record.updt_time);
    if (at < this.#from) return false;
    const quarter = Math.floor((at - this.#from) / QUARTER_MS);
    if (quarter > this.#quarter) {
      this.#quarter = quarter;
      this.#writer.label(`live-${String(quarter).padStart(4, "0")}`);
    }
    this.#writer.write(event);
    return true;
  }

  close(): string[] {
    return this.#writer.close();
  }
}

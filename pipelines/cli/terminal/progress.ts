import type { Observer } from "../../../connectors/ports/observer.js";

const number = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
/** 1234567 as 1,234,567. */
export const count = (value: number): string => number.format(value);

/** One line on a terminal that is written over and over; silent elsewhere. */
export interface ProgressLine extends Observer {
  note(text: string): void;
  end(): void;
}

const EVERY_MS = 200;

/** Counts records and publishes as they happen: `12,345 records · 54,000/s · version 3`. */
export function progressLine(
  out: NodeJS.WriteStream = process.stderr,
  clock = () => performance.now(),
): ProgressLine {
  const start = clock();
  let records = 0;
  let version: number | null = null;
  let shownAt = 0;
  let open = false;
  const show = (text: string): void => {
    if (!out.isTTY) return;
    out.write(`\r\u001b[2K${text.slice(0, Math.max(20, (out.columns ?? 80) - 1))}`);
    open = true;
    shownAt = clock();
  };
  const line = (): string => {
    const seconds = Math.max(0.001, (clock() - start) / 1000);
    const published = version === null ? "" : ` · version ${version}`;
    return `${count(records)} records · ${count(records / seconds)}/s${published}`;
  };
  return {
    batch(outcome) {
      records += outcome.applied + outcome.duplicate + outcome.held + outcome.quarantined;
      if (clock() - shownAt >= EVERY_MS) show(line());
    },
    published(outcome) {
      version = outcome.version;
      show(line());
    },
    publishFailed() {},
    drained() {},
    lag() {},
    note: show,
    end() {
      if (open) out.write("\r\u001b[2K");
      open = false;
    },
  };
}

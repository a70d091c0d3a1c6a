import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../pipelines/simulate/random.js";
import type { SimEvent } from "../../pipelines/simulate/write/event.js";
import { FolderWriter, type FolderWriterOptions } from "../../pipelines/simulate/write/folder.js";
import { Settlement } from "../../schemas/input/settlement.js";

/** Rates of a free profile in which everything happens that may happen to a settlement. */
export const ROUGH = {
  refunds: 0.06,
  corrections: 0.08,
  duplicates: 0.05,
  late: 0.2,
  inbound: 0.05,
  bad: 0.03,
} as const;

/** An event of its own: generators reuse theirs. */
export function copied(event: SimEvent): SimEvent {
  if (event.stream !== "settlement") return { stream: event.stream, record: { ...event.record } };
  const s = new Settlement();
  s.copyFrom(event.record);
  return { stream: "settlement", record: s };
}

export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = new Random(seed);
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** Files of a delivery by name, in the order in which they come. */
export function filesOf(
  list: readonly SimEvent[],
  perFile: number,
  options: FolderWriterOptions,
): [string, Buffer][] {
  const dir = mkdtempSync(join(tmpdir(), "fundpulse-files-"));
  try {
    const writer = new FolderWriter(dir, options);
    list.forEach((event, i) => {
      if (i % perFile === 0) writer.label(String(i / perFile + 1).padStart(4, "0"));
      writer.write(event);
    });
    writer.close();
    return readdirSync(dir)
      .filter((name) => !name.startsWith("."))
      .sort()
      .map((name) => [name, readFileSync(join(dir, name))]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

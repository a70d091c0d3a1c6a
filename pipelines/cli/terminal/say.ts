import { once } from "node:events";
import { visibleLines } from "../../../schemas/visible.js";

/** Writes text for people to standard output: nothing in it is obeyed by a terminal, wherever its words come from. */
export const say = (text: string): void => void process.stdout.write(visibleLines(text));

/** A line of it. */
export const sayLine = (text: string): void => say(`${text}\n`);

/** The same to standard error. */
export const sayAside = (text: string): void => void process.stderr.write(visibleLines(text));

/**
 * Hands data on as they are, to a file or another program; on a terminal, which would obey them, they are text for
 * people. Waits where the other side reads slowly.
 */
export async function passOn(data: string | Buffer): Promise<void> {
  const written = process.stdout.write(
    process.stdout.isTTY === true && typeof data === "string" ? visibleLines(data) : data,
  );
  if (!written) await once(process.stdout, "drain");
}

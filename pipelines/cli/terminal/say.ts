import { visibleLines } from "../../../schemas/visible.js";

/** Writes text for people to standard output: nothing in it is obeyed by a terminal, wherever its words come from. */
export const say = (text: string): void => void process.stdout.write(visibleLines(text));

/** The same to standard error. */
export const sayAside = (text: string): void => void process.stderr.write(visibleLines(text));

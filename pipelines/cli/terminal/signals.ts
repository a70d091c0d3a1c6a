import { constants } from "node:os";

/** The first of these signals asks for an end in order, and `told` of it; the next one ends the process at once. */
export function untilSignal(
  names: readonly NodeJS.Signals[],
  told: (name: NodeJS.Signals) => void = () => undefined,
): { readonly signal: AbortSignal; readonly forget: () => void } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
    told(name);
    controller.abort();
  };
  for (const name of names) process.on(name, stop);
  return {
    signal: controller.signal,
    forget: () => {
      for (const name of names) process.off(name, stop);
    },
  };
}

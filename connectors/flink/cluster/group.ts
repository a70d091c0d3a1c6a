/** Tells a process that leads a group of its own, and the scripts and virtual machines below it. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone.
  }
}

/** Ends such a group at once. */
export const killGroup = (pid: number | undefined): void => signalGroup(pid, "SIGKILL");

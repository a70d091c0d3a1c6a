import type { Command } from "commander";

/** What a file that defines a command is given by program.ts. */
export interface CommandTools {
  /** Begins a command: its usage, one line for the list, and what `--help` teaches. */
  readonly command: (usage: string, summary: string, help: string) => Command;
  /** Adds `--config`. */
  readonly withConfig: (command: Command) => Command;
  /** Takes the exit code. */
  readonly done: (exitCode: number) => void;
}

/** Of an option that may be repeated: all that was given. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

import type { Random } from "../../pipelines/simulate/random.js";
import { resultHashes, Workspace } from "../support/workspace.js";
import { CONFIG, files, PIECES } from "./history.js";
import { Round } from "./round.js";

/** A drop folder with half of the history drained, of which every round takes a copy; and the undisturbed end. */
export class FolderWorld {
  private constructor(
    private readonly template: Workspace,
    readonly undisturbed: Workspace,
    /** Hashes of its results; `apart` without what a close adds. */
    readonly expected: Readonly<Record<"whole" | "apart", Readonly<Record<string, string>>>>,
    private readonly parts: readonly (readonly [string, Buffer])[][],
  ) {}

  static async make(): Promise<FolderWorld> {
    const parts = files();
    const put = (w: Workspace, from: number, to: number): void => {
      for (const part of parts.slice(from, to)) for (const [name, bytes] of part) w.put(name, bytes);
    };
    const template = new Workspace(CONFIG);
    put(template, 0, PIECES / 2);
    await template.drain();
    const undisturbed = Round.copyOf(template, CONFIG);
    put(undisturbed, PIECES / 2, PIECES);
    await undisturbed.drain();
    return new FolderWorld(
      template,
      undisturbed,
      {
        whole: await resultHashes(undisturbed, { quality: true }),
        apart: await resultHashes(undisturbed, { quality: true, closesApart: true }),
      },
      parts,
    );
  }

  round(random: Random): Round {
    const w = Round.copyOf(this.template, CONFIG);
    let sent = PIECES / 2;
    return new Round(w, random, async () => {
      const part = this.parts[sent++];
      for (const [name, bytes] of part ?? []) w.put(name, bytes);
      return part !== undefined;
    });
  }

  remove(): void {
    this.template.remove();
    this.undisturbed.remove();
  }
}

import type { StateFile } from "./file.js";
import type { CodeTable } from "./settlement-block.js";

/** Codes of kept settlements as small numbers, in the order in which they were first met. */
export class Codes implements CodeTable {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];
  #saved = 0;

  constructor(private readonly file: StateFile) {
    for (const row of file.db.prepare("SELECT text FROM code ORDER BY id").all() as { text: string }[]) {
      this.idOf(row.text);
    }
    this.#saved = this.#texts.length;
  }

  /** Number of a code; a new one is kept with the next commit. */
  idOf(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#texts.length;
      this.#ids.set(text, id);
      this.#texts.push(text);
    }
    return id;
  }

  textOf(id: number): string {
    return this.#texts[id];
  }

  /** Keeps the new ones. Only inside a commit. */
  save(): void {
    for (; this.#saved < this.#texts.length; this.#saved++) {
      this.file.sql("INSERT INTO code (id, text) VALUES (?, ?)").run(this.#saved, this.#texts[this.#saved]);
    }
  }
}

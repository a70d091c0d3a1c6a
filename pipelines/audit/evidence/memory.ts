/** What was read once, for documents that differ from it in one place: results by everything they follow from. */
export class Memory {
  readonly #known = new Map<string, unknown>();

  of<T>(key: string, make: () => T): T {
    if (this.#known.has(key)) return this.#known.get(key) as T;
    const made = make();
    this.#known.set(key, made);
    return made;
  }
}

/** Remembers nothing. */
export const FORGETFUL: Pick<Memory, "of"> = { of: (_, make) => make() };

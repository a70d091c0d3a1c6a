/** More changed rows than this are not told one by one. */
const MOST = 5_000;

/**
 * Keys of a table's rows that changed since the table was last published, so that these alone need publishing. Known to
 * this process alone: a new one publishes the whole table first.
 */
export class ChangedKeys {
  #keys = new Set<string>();
  #all = false;
  /** Those of a cut that is not published yet. */
  #cut: ReadonlySet<string> | "all" = new Set();

  add(key: string | number): void {
    if (this.#all) return;
    this.#keys.add(String(key));
    if (this.#keys.size > MOST) this.#forget(true);
  }

  /** Which rows a cut has to tell; null: all of them. What changes from here on belongs to the next cut. */
  cut(): ReadonlySet<string> | null {
    const whole = this.#all || this.#cut === "all" || this.#cut.size + this.#keys.size > MOST;
    this.#cut = whole ? "all" : new Set([...this.#cut, ...this.#keys]);
    this.#forget(false);
    return this.#cut === "all" ? null : this.#cut;
  }

  /** The last cut was published. */
  published(): void {
    this.#cut = new Set();
  }

  #forget(all: boolean): void {
    this.#keys = new Set();
    this.#all = all;
  }
}

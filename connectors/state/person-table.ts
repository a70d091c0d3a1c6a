import { PSEUDONYM_BYTES } from "./person-key.js";

const WORDS = PSEUDONYM_BYTES / 4;

/**
 * Pseudonyms to small person numbers, exact (all 16 bytes are compared). In memory: 16 bytes and about two
 * hash words a person. Numbers are handed out in the order persons are first met; the state keeps the
 * pseudonyms in that order, so loading them gives every person the same number again.
 */
export class PersonTable {
  #pseudonyms = new Int32Array(1024 * WORDS);
  #size = 0;
  #slots = new Int32Array(4096).fill(-1);

  get size(): number {
    return this.#size;
  }

  /** Number of the person with the tag at `offset` (bytes) of `tags`; new persons are added. */
  numberOf(pseudonyms: Buffer, offset: number): number {
    const w0 = pseudonyms.readInt32LE(offset);
    const w1 = pseudonyms.readInt32LE(offset + 4);
    const w2 = pseudonyms.readInt32LE(offset + 8);
    const w3 = pseudonyms.readInt32LE(offset + 12);
    const mask = this.#slots.length - 1;
    let slot = w0 & mask;
    for (;;) {
      const person = this.#slots[slot];
      if (person < 0) break;
      const at = person * WORDS;
      const known = this.#pseudonyms;
      if (known[at] === w0 && known[at + 1] === w1 && known[at + 2] === w2 && known[at + 3] === w3) {
        return person;
      }
      slot = (slot + 1) & mask;
    }
    const person = this.#size++;
    if (this.#size * WORDS > this.#pseudonyms.length) {
      const grown = new Int32Array(this.#pseudonyms.length * 2);
      grown.set(this.#pseudonyms);
      this.#pseudonyms = grown;
    }
    this.#pseudonyms.set([w0, w1, w2, w3], person * WORDS);
    this.#slots[slot] = person;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return person;
  }

  /** Pseudonyms of persons `from` and later, as the state keeps them. */
  pseudonymsFrom(from: number): Buffer {
    return Buffer.from(this.#pseudonyms.slice(from * WORDS, this.#size * WORDS).buffer);
  }

  /** Pseudonym of one person. */
  pseudonymOf(person: number): Buffer {
    return Buffer.from(this.#pseudonyms.slice(person * WORDS, (person + 1) * WORDS).buffer);
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 4).fill(-1);
    const mask = slots.length - 1;
    for (let person = 0; person < this.#size; person++) {
      let slot = this.#pseudonyms[person * WORDS] & mask;
      while (slots[slot] >= 0) slot = (slot + 1) & mask;
      slots[slot] = person;
    }
    this.#slots = slots;
  }
}

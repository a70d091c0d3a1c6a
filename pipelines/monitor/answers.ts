import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** A JSON answer as bytes, made once for a version. */
export interface Answer {
  readonly etag: string;
  readonly json: Buffer;
  /** Packed; null where that gains nothing. */
  readonly packed: Buffer | null;
}

const pack = promisify(gzip);
const WORTH_PACKING_BYTES = 1_400;
const MOST_BYTES = 64 * 1024 * 1024;

export async function makeAnswer(body: object): Promise<Answer> {
  const json = Buffer.from(JSON.stringify(body));
  const packed = json.length < WORTH_PACKING_BYTES ? null : await pack(json, { level: 5 });
  return { etag: `"${createHash("sha256").update(json).digest("base64url").slice(0, 27)}"`, json, packed };
}

/**
 * Answers of the version that stands: a page that asks what another has asked costs nothing. Those that come at once
 * are worked out once. All are forgotten when the file is replaced, the least used where they grow too large.
 */
export class Answers {
  #identity = "";
  #bytes = 0;
  readonly #kept = new Map<string, Promise<Answer>>();

  of(identity: string, key: string, make: () => Promise<object>): Promise<Answer> {
    if (identity !== this.#identity) {
      this.#kept.clear();
      this.#bytes = 0;
      this.#identity = identity;
    }
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known;
    }
    const made = make().then(makeAnswer);
    this.#kept.set(key, made);
    made.then(
      (answer) => this.#count(identity, answer),
      () => {
        // An error is not kept: the next one who asks may have more luck.
        if (this.#kept.get(key) === made) this.#kept.delete(key);
      },
    );
    return made;
  }

  #count(identity: string, answer: Answer): void {
    if (identity !== this.#identity) return;
    this.#bytes += answer.json.length + (answer.packed?.length ?? 0);
    if (this.#bytes <= MOST_BYTES) return;
    this.#kept.clear();
    this.#bytes = 0;
  }
}

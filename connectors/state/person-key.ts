import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** Bytes of a pseudonym. */
export const PSEUDONYM_BYTES = 16;

const BLOCK = 16;

function derive(personKey: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", personKey, "fundpulse", purpose, 32));
}

/** Doubling in GF(2^128), for the CMAC subkeys. */
function double(block: Buffer): Buffer {
  const out = Buffer.alloc(BLOCK);
  let carry = 0;
  for (let i = BLOCK - 1; i >= 0; i--) {
    out[i] = ((block[i] << 1) | carry) & 0xff;
    carry = block[i] >> 7;
  }
  if (carry) out[BLOCK - 1] ^= 0x87;
  return out;
}

/**
 * AES-CMAC (NIST SP 800-38B, RFC 4493) of many short messages at once: each round encrypts one block of
 * every message in a single call, which costs a tenth of one HMAC a message.
 */
export class Cmac {
  readonly #cipher;
  readonly #k1: Buffer;
  readonly #k2: Buffer;

  /** `key`: 32 bytes for AES-256, 16 for AES-128. */
  constructor(key: Buffer) {
    this.#cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null);
    this.#cipher.setAutoPadding(false);
    this.#k1 = double(this.#encrypt(Buffer.alloc(BLOCK)));
    this.#k2 = double(this.#k1);
  }

  /** ECB has no memory, so one cipher serves every call. */
  #encrypt(blocks: Buffer): Buffer {
    return this.#cipher.update(blocks);
  }

  /** Tags of `messages` (texts as UTF-8), 16 bytes each, in order. */
  tags(messages: readonly (string | Buffer)[]): Buffer {
    const n = messages.length;
    const lengths = new Int32Array(n);
    let rounds = 1;
    for (let i = 0; i < n; i++) {
      const message = messages[i];
      lengths[i] = typeof message === "string" ? Buffer.byteLength(message) : message.length;
      rounds = Math.max(rounds, Math.ceil(lengths[i] / BLOCK));
    }
    // Every message in a row of whole blocks, padded as the standard says and mixed with its subkey.
    const stride = rounds * BLOCK;
    const rows = Buffer.alloc(n * stride);
    for (let i = 0; i < n; i++) this.#lay(messages[i], lengths[i], rows, i * stride);
    const state = Buffer.alloc(n * BLOCK);
    const input = Buffer.alloc(n * BLOCK);
    const active = new Int32Array(n);
    for (let round = 0; round < rounds; round++) {
      let k = 0;
      for (let i = 0; i < n; i++) {
        if (round > 0 && lengths[i] <= round * BLOCK) continue;
        const from = i * stride + round * BLOCK;
        for (let b = 0; b < BLOCK; b++) input[k * BLOCK + b] = rows[from + b] ^ state[i * BLOCK + b];
        active[k++] = i;
      }
      const output = this.#encrypt(input.subarray(0, k * BLOCK));
      for (let j = 0; j < k; j++) output.copy(state, active[j] * BLOCK, j * BLOCK, (j + 1) * BLOCK);
    }
    return state;
  }

  /** Writes one message at `at`, padded, its last block mixed with the subkey that its length asks for. */
  #lay(message: string | Buffer, length: number, rows: Buffer, at: number): void {
    if (typeof message === "string") rows.write(message, at, "utf8");
    else message.copy(rows, at);
    const whole = length > 0 && length % BLOCK === 0;
    if (!whole) rows[at + length] = 0x80;
    const last = at + (whole ? length - BLOCK : length - (length % BLOCK));
    const subkey = whole ? this.#k1 : this.#k2;
    for (let b = 0; b < BLOCK; b++) rows[last + b] ^= subkey[b];
  }
}

/**
 * Everything that depends on `privacy.personKey` (docs/specification.md#pseudonym). The key itself is kept
 * nowhere.
 */
export class Privacy {
  readonly #cmac: Cmac;
  readonly #quarantineKey: Buffer;
  /** Tells whether a state was made with the same key; reveals nothing about it. */
  readonly keyCheck: string;

  constructor(personKey: string) {
    this.#cmac = new Cmac(derive(personKey, "person pseudonym"));
    this.#quarantineKey = derive(personKey, "quarantine");
    this.keyCheck = createHmac("sha256", derive(personKey, "key check")).update("fundpulse").digest("hex");
  }

  /** Pseudonyms of person numbers, TAG_BYTES each. */
  pseudonyms(personNumbers: readonly string[]): Buffer {
    return this.#cmac.tags(personNumbers);
  }

  /** Raw bytes as the quarantine keeps them: AES-256-GCM, nonce and tag in front. */
  seal(raw: Buffer): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#quarantineKey, nonce);
    const sealed = Buffer.concat([cipher.update(raw), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Opens what `seal` made. Throws when it was changed or sealed under another key. */
  open(sealed: Buffer): Buffer {
    const decipher = createDecipheriv("aes-256-gcm", this.#quarantineKey, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
  }
}

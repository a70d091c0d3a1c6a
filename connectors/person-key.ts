import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** Bytes of a pseudonym. */
export const TAG_BYTES = 16;

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
 * AES-256-CMAC (NIST SP 800-38B, RFC 4493) of many short messages at once: each round encrypts one block of
 * every message in a single call, which costs a tenth of one HMAC a message.
 */
export class Cmac {
  readonly #cipher;
  readonly #k1: Buffer;
  readonly #k2: Buffer;

  /** `key`: 32 bytes. */
  constructor(key: Buffer) {
    this.#cipher = createCipheriv("aes-256-ecb", key, null);
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
    const bytes: Buffer[] = new Array(n);
    let rounds = 1;
    for (let i = 0; i < n; i++) {
      const message = messages[i];
      bytes[i] = typeof message === "string" ? Buffer.from(message, "utf8") : message;
      rounds = Math.max(rounds, Math.ceil(bytes[i].length / BLOCK));
    }
    const state = Buffer.alloc(n * BLOCK);
    for (let round = 0; round < rounds; round++) {
      const active: number[] = [];
      for (let i = 0; i < n; i++) if (round < Math.max(1, Math.ceil(bytes[i].length / BLOCK))) active.push(i);
      const input = Buffer.alloc(active.length * BLOCK);
      for (let k = 0; k < active.length; k++) {
        const i = active[k];
        const message = bytes[i];
        const start = round * BLOCK;
        const length = Math.min(BLOCK, message.length - start);
        const last = start + BLOCK >= message.length;
        const whole = length === BLOCK;
        const subkey = last ? (whole ? this.#k1 : this.#k2) : null;
        for (let b = 0; b < BLOCK; b++) {
          let value = b < length ? message[start + b] : b === length ? 0x80 : 0;
          if (subkey) value ^= subkey[b];
          input[k * BLOCK + b] = value ^ state[i * BLOCK + b];
        }
      }
      const output = this.#encrypt(input);
      if (active.length === n) output.copy(state);
      else
        for (let k = 0; k < active.length; k++)
          output.copy(state, active[k] * BLOCK, k * BLOCK, (k + 1) * BLOCK);
    }
    return state;
  }
}

/** Everything that depends on `privacy.personKey` (contract §7). The key itself is kept nowhere. */
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

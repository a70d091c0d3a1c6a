import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { KEY_BITS, keyBits } from "../../../connectors/config/key-strength.js";

test.each([
  "x",
  "a key of the tests",
  "correct horse battery staple",
  "Die Zeit heilt alle Wunden, sagt man",
  "12345678901234567890",
  "0123456789abcdef",
  "0123456789abcdef0123456789abcdef",
  "ab".repeat(40),
  "6".repeat(64),
  "change-me",
  "P@ssw0rd2024!",
  "deadbeefdeadbeef",
])("%s can be guessed", (key) => expect(keyBits(key)).toBeLessThan(KEY_BITS));

test("16 random bytes are enough however they are written", () => {
  const weak: string[] = [];
  for (let i = 0; i < 3000; i++) {
    const bytes = createHash("sha256").update(`seed ${i}`).digest();
    for (const encoding of ["hex", "base64", "base64url"] as const) {
      for (const size of [16, 32]) {
        const key = bytes.subarray(0, size).toString(encoding);
        if (keyBits(key) < KEY_BITS) weak.push(key);
      }
    }
  }
  // A run of five is drawn once in a thousand times.
  expect(weak.length).toBeLessThan(30);
  expect(keyBits("")).toBe(0);
});

import { createHash } from "node:crypto";

const DIGITS = 10;

/** The first part of an alert's id, of the key of what it is about: the same in every version and every file. */
export const alertName = (key: string): string =>
  createHash("sha256").update(key).digest("hex").slice(0, DIGITS);

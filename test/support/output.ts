import { afterEach, beforeEach, vi } from "vitest";

/** What the program wrote since the test began. */
export interface Output {
  out: string;
  err: string;
}

/** Catches standard output and standard error in every test of the file. */
export function caughtOutput(): Output {
  const caught: Output = { out: "", err: "" };
  beforeEach(() => {
    caught.out = "";
    caught.err = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      caught.out += String(text);
      return true;
    });
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      caught.err += String(text);
      return true;
    });
  });
  afterEach(() => vi.restoreAllMocks());
  return caught;
}

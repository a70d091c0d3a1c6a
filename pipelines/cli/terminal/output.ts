import { fstatSync, writeSync } from "node:fs";

/**
 * Has what goes to standard output arrive, or fail. Into a file or a device Node writes what fits, and the error of a
 * full disk comes too late for the exit code; here all of it is written before the call returns.
 * @throws what the system says (ENOSPC …), from the write itself
 */
export function holdOutput(stream: NodeJS.WriteStream & { fd: number } = process.stdout): void {
  if (stream.isTTY === true || !isFile(stream.fd)) return;
  const write = (
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    callback?: (error?: Error | null) => void,
  ): boolean => {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    for (let at = 0; at < bytes.length; ) at += written(stream.fd, bytes, at);
    const done = typeof encoding === "function" ? encoding : callback;
    if (done !== undefined) process.nextTick(done);
    return true;
  };
  stream.write = write as typeof stream.write;
}

function written(fd: number, bytes: Uint8Array, at: number): number {
  try {
    return writeSync(fd, bytes, at);
  } catch (error) {
    throw Object.assign(error as NodeJS.ErrnoException, { path: "standard output" });
  }
}

function isFile(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isFile() || stat.isCharacterDevice();
}

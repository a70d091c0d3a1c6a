/** A copy of twice the length, the rest zeros. */
export function grow<T extends Int32Array | Int8Array | Uint8Array>(array: T): T {
  const grown = new (array.constructor as new (length: number) => T)(array.length * 2);
  grown.set(array);
  return grown;
}

/** Puts what `from` holds at the start of `into`. */
export function copyInto<T extends Int32Array | Uint8Array>(into: T, from: T): T {
  into.set(from);
  return into;
}

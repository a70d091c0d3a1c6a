import type { Source } from "./source.js";

export async function toXlsx(_source: Source): Promise<Uint8Array> {
  return new Uint8Array();
}

import { existsSync, readFileSync } from "node:fs";

/** Version of the package, whether this runs compiled (dist/connectors) or from source. */
function read(): string {
  const places = ["../../../package.json", "../../package.json"].map(
    (path) => new URL(path, import.meta.url),
  );
  const file = places.find((place) => existsSync(place));
  return file === undefined ? "unknown" : JSON.parse(readFileSync(file, "utf8")).version;
}

/** `0.1.0`, or `unknown` where the package's own file is missing. */
export const PROGRAM_VERSION = read();

import type { Config } from "../../schemas/config/schema.js";
import type { Finding } from "./problems.js";

/** Keys that this version accepts and does not act on: whoever sets one must hear of it. */
export function reservedKeys({ monitor, privacy }: Config): Finding[] {
  const monitored = monitor.host !== "127.0.0.1" || monitor.port !== 8321 || monitor.token !== undefined;
  const found: [readonly string[], boolean, string][] = [
    [["privacy", "smallCell"], privacy.smallCell !== 0, "small figures are published as they are"],
    [["monitor"], monitored, "no web page is served"],
  ];
  return found.flatMap(([keys, isSet, instead]): Finding[] =>
    isSet
      ? [
          {
            kind: "warning",
            keys,
            message: `this version accepts the key and does not act on it: ${instead}`,
            touches: [keys[0]],
          },
        ]
      : [],
  );
}

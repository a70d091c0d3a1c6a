import type { Config } from "../../schemas/config/schema.js";
import type { Finding } from "./problems.js";

/** Keys that this version accepts and does not act on: whoever sets one must hear of it. */
export function reservedKeys({ privacy }: Config): Finding[] {
  const found: [readonly string[], boolean, string][] = [
    [["privacy", "smallCell"], privacy.smallCell !== 0, "small figures are published as they are"],
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

import { trimmed } from "../../../connectors/decode/fields/values.js";
import { FundpulseError } from "../../../schemas/errors.js";

/**
 * What somebody says with an option (a name, a reason), without the white space around it.
 * @throws FundpulseError FP1003 where nothing is left: `what` says what it must be
 */
export function words(flag: string, text: string | undefined, what: string): string {
  const said = trimmed(text ?? "");
  if (said === "") throw new FundpulseError("FP1003", `${flag} must say ${what}`);
  return said;
}

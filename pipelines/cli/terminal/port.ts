import { FundpulseError } from "../../../schemas/errors.js";

/** A port as the command line gives it. @throws FundpulseError FP1003 */
export function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new FundpulseError("FP1003", `--port ${text}: a number from 0 to 65535`);
}

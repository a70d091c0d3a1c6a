import { FundpulseError } from "./errors.js";

/**
 * Stops what is under way because something that must hold does not: an error of this program or a damaged memory.
 * Thrown inside a commit, nothing of it is kept; the input is not passed over.
 * @param what the invariant and the numbers that break it; never a value of a record
 * @throws FundpulseError FP2015
 */
export function broken(what: string): never {
  throw new FundpulseError(
    "FP2015",
    `an invariant of the program does not hold: ${what}; nothing of it was kept`,
  );
}

import { FundpulseError } from "../../../schemas/errors.js";
import { runSealed } from "./sandbox.js";
import type { Asked, Told } from "./sandbox-process.js";

/** The process that `askSealed` starts: takes one query, tells what came of it, and ends. */
process.once("message", ({ path, sql, limits }: Asked) => {
  const tell = (told: Told): void => void process.send!(told, () => process.exit(0));
  runSealed(path, sql, limits).then(
    (result) => tell({ result }),
    (error) =>
      tell({
        code: error instanceof FundpulseError ? error.code : "FP5001",
        message: (error as Error).message,
      }),
  );
});

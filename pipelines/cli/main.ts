#!/usr/bin/env node
import { main, tellFailure } from "./program.js";

// A reader that has seen enough (`| head`) is no error; a full disk behind a redirection is one.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.exit(tellFailure(Object.assign(error, { path: error.path ?? "standard output" })));
});
// Who closed standard error wants no messages; the work goes on.
process.stderr.on("error", () => undefined);
// What a library throws where nobody waits for it.
for (const event of ["uncaughtException", "unhandledRejection"] as const)
  process.on(event, (error: unknown) => process.exit(tellFailure(error)));

const exitCode = await main(process.argv.slice(2));
// What was written is handed over before the end; nothing that a library left open keeps the process alive.
process.stdout.write("", () => process.exit(exitCode));

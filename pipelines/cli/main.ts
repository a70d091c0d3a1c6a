#!/usr/bin/env node
/** The program is loaded here, so that even that may fail with a number: too few open files, no right to its own. */
const program = await import("./program.js").catch((error: NodeJS.ErrnoException) => {
  const number = error.code === "EMFILE" || error.code === "ENFILE" ? "FP9005" : "FP9004";
  process.stderr.write(
    `fundpulse: the program cannot be loaded: ${error.message.split("\n")[0]} [${number}]\n`,
  );
  process.exit(1);
});
const { holdOutput, main, tellFailure } = program;

holdOutput();
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

export {};

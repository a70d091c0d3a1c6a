#!/usr/bin/env node
import { main } from "./program.js";

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const exitCode = await main(process.argv.slice(2));
// What was written is handed over before the end; nothing that a library left open keeps the process alive.
process.stdout.write("", () => process.exit(exitCode));

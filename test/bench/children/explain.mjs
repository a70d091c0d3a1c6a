import { built } from "../built.mjs";
import { answer, usage } from "../measure.mjs";

/** `fundpulse explain`, as the command line runs it; its answer holds seconds from the start of the process. */
const { line, config } = JSON.parse(process.argv[2]);
const { main } = await built("pipelines/cli/program.js");
const write = process.stdout.write;
let text = "";
process.stdout.write = (chunk) => {
  text += chunk;
  return true;
};
const code = await main(["explain", ...line.split(" "), "--config", config]);
process.stdout.write = write;
const exact = text.includes("the records give the published figure exactly");
if (code !== 0 || !exact) throw new Error(`${line}: exit code ${code}\n${text}`);
answer({ seconds: performance.now() / 1000, bytes: text.length, ...usage() });

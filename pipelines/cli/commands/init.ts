import { makeWorkspace } from "../../workspace/make.js";
import { say } from "../terminal/say.js";

/** `fundpulse init`: makes a new workspace and says what to do next. */
export function initCommand(dir: string): number {
  const root = makeWorkspace(dir);
  say(`A new workspace stands in ${root}

  fundpulse.yaml   the configuration, every key explained
  reference/       facilities, categories and divisions (CSV)
  inbox/           drop settlement-….avro or settlement-….ndjson here

Next:
  export FUNDPULSE_PERSON_KEY="$(openssl rand -hex 32)"    # once; keep it safe
  cd ${dir}
  fundpulse check
  fundpulse run
`);
  return 0;
}

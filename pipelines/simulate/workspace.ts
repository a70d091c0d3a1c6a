import { join } from "node:path";
import { stringify } from "yaml";
import { makeWorkspace } from "../workspace/make.js";
import { type EventOptions, suggestedConfig, writeReference } from "./simulate.js";

/**
 * Makes a workspace that reads a profile's events as its bureau does: configuration and reference tables,
 * no events yet. Never overwrites a file (FP1004) but those that `init` wrote and nobody changed. Returns its absolute path.
 */
export function simulatedWorkspace(
  dir: string,
  options: EventOptions,
  settings: { readonly personKey: string; readonly logLevel: string },
): string {
  const config = {
    ...suggestedConfig(options),
    source: { kind: "folder", path: "inbox" },
    privacy: { personKey: settings.personKey },
    log: { level: settings.logLevel },
  };
  const heading = `# Simulated events of the profile ${options.profile}. All keys: fundpulse init, docs/configuration.md\n`;
  const files = { "fundpulse.yaml": heading + stringify(config) };
  const root = makeWorkspace(dir, files, { overUntouched: true });
  writeReference(options, join(root, "reference"));
  return root;
}

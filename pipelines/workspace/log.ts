import type { LoadedConfig } from "../../connectors/config/load.js";
import { createLog } from "../../connectors/ops/log.js";
import type { Log } from "../../connectors/ports/log.js";

/** The log of a command at the configured level: readable on a terminal, JSON elsewhere. */
export const commandLog = (loaded: LoadedConfig): Log =>
  createLog(loaded.config.log.level, { readable: process.stderr.isTTY === true });

import { loadConfig } from "../../../connectors/config/load.js";
import { PublishedReader } from "../../../connectors/duckdb/query.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { exportPublic } from "../../report/public/export.js";
import { PUBLIC_FORMATS, type PublicFormat } from "../../report/public/files.js";
import { forReaders, publishedFile } from "../../workspace/files.js";
import { say, sayAside } from "../terminal/say.js";

/** `fundpulse export public <period>`. */
export async function exportPublicCommand(
  period: string,
  options: { readonly config: string; readonly format: string; readonly out?: string },
): Promise<number> {
  if (!(PUBLIC_FORMATS as readonly string[]).includes(options.format)) {
    throw new FundpulseError(
      "FP1003",
      `--format ${options.format} is not one of ${PUBLIC_FORMATS.join(", ")}`,
    );
  }
  const loaded = loadConfig(options.config, forReaders(process.env));
  const reader = await PublishedReader.open(publishedFile(loaded));
  try {
    const format = options.format as PublicFormat;
    const { file, rows, suppressed, stands } = await exportPublic(
      reader,
      loaded.config,
      period,
      format,
      options.out,
    );
    say(`${file}\n`);
    const limit = loaded.config.privacy.smallCell;
    sayAside(
      `${rows} rows, ${suppressed} suppressed${limit === 0 ? " (privacy.smallCell is 0: nothing is suppressed)" : ""}${stands ? "; the edition stands as it was published" : ""}\n`,
    );
  } finally {
    reader.close();
  }
  return 0;
}

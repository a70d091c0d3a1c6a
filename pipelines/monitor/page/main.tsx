import { render } from "preact";
import { App } from "./app/shell.js";
import { catalogue, session } from "./data/catalogue.js";
import { apiUrl, get } from "./data/client.js";
import { listen, nothingPublished, version } from "./data/live.js";
import type { Catalogue, Session } from "./data/types.js";
import { reachableScrolls } from "./parts/scrolling.js";
import { followLinks } from "./state/url.js";
import "./style/tokens.css";
import "./style/base.css";
import "./style/parts.css";
import "./style/sizes.css";

/** Names and periods belong to a version: read again when one comes. */
async function readCatalogue(): Promise<void> {
  try {
    catalogue.set(await get<Catalogue>(apiUrl("catalogue")));
  } catch {
    // The view says what is wrong; names come with the next version.
  }
}

async function start(): Promise<void> {
  const root = document.getElementById("app") as HTMLElement;
  followLinks(document.body);
  reachableScrolls(root);
  try {
    const who = await get<Session>(apiUrl("session"));
    session.set(who);
    if (who.version === null) nothingPublished.set(true);
    else {
      version.set(String(who.version));
      await readCatalogue();
    }
  } catch {
    // Shown by the views themselves, which ask the same server.
  }
  render(<App />, root);
  let read = catalogue.get()?.version ?? null;
  version.watch(() => {
    if (version.get() !== null && String(version.get()) !== String(read)) {
      read = version.get();
      void readCatalogue();
    }
  });
  listen();
}

void start();

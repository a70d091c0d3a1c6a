import type { ServerResponse } from "node:http";

const HEARTBEAT_MS = 15_000;
/** A page that takes nothing for this much is let go: it asks again. */
const MOST_WAITING_BYTES = 1024 * 1024;

/**
 * Tells every open page what was published. One text for all of them: a thousand pages cost a thousand writes of a
 * few hundred bytes, and nothing of the pipeline.
 */
export class LiveHub {
  readonly #open = new Set<ServerResponse>();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#write(": \n\n"), HEARTBEAT_MS);
    this.#timer.unref();
  }

  get pages(): number {
    return this.#open.size;
  }

  add(response: ServerResponse, headers: Readonly<Record<string, string>>, first: string): void {
    response.writeHead(200, {
      ...headers,
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    response.write(`retry: 1000\n\n${first}`);
    this.#open.add(response);
    response.on("close", () => this.#open.delete(response));
    response.on("error", () => this.#open.delete(response));
  }

  send(message: string): void {
    this.#write(message);
  }

  end(): void {
    clearInterval(this.#timer);
    for (const response of this.#open) response.end();
    this.#open.clear();
  }

  #write(text: string): void {
    for (const response of this.#open) {
      if (response.writableLength > MOST_WAITING_BYTES) response.destroy();
      else response.write(text);
    }
  }
}

/** A server-sent event. */
export const event = (name: string, data: object, id?: string): string =>
  `event: ${name}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

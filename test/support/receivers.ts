import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";

export interface Received {
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface HttpReceiver {
  readonly url: string;
  readonly received: Received[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback; `answer` decides what each request gets, counted from 0. */
export async function httpReceiver(
  answer: (n: number, response: ServerResponse, request: Received) => void = (_, r) => void r.end("{}"),
): Promise<HttpReceiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = {
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(one);
      answer(received.length - 1, response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export interface SmtpReceiver {
  readonly port: number;
  /** Raw messages that were accepted. */
  readonly mails: string[];
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A real SMTP server on loopback, without TLS; `answer` may refuse a message's data by its reply. */
export async function smtpReceiver(
  answer: (n: number) => string | "hang" | "close" = () => "250 accepted",
): Promise<SmtpReceiver> {
  const mails: string[] = [];
  let count = 0;
  let connections = 0;
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    connections++;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => undefined);
    let text = "";
    let data: string[] | null = null;
    socket.write("220 test ESMTP\r\n");
    const line = (l: string): void => {
      if (data !== null) {
        if (l !== ".") return void data.push(l);
        const reply = answer(count++);
        const mail = data.join("\n");
        data = null;
        if (reply === "hang") return;
        if (reply === "close") return void socket.destroy();
        if (reply.startsWith("2")) mails.push(mail);
        return void socket.write(`${reply}\r\n`);
      }
      const verb = l.slice(0, 4).toUpperCase();
      if (verb === "DATA") {
        data = [];
        socket.write("354 go on\r\n");
      } else if (verb === "QUIT") socket.end("221 bye\r\n");
      else socket.write("250 ok\r\n");
    };
    socket.on("data", (chunk) => {
      text += chunk.toString();
      for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
        const one = text.slice(0, end);
        text = text.slice(end + 2);
        line(one);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    connections: () => connections,
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Waits until something holds; fails after ten seconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const begun = Date.now();
  while (!holds()) {
    if (Date.now() - begun > 10_000) throw new Error(`not within ten seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

import { createTransport } from "nodemailer";
import type { AlertChannel } from "../../schemas/alerts/channel.js";
import { type AlertMessage, linesOf, titleOf } from "./message.js";
import { ANSWER_MS } from "./webhook.js";

type Email = Extract<AlertChannel, { kind: "email" }>;

/** Sends one message as plain text; its id is part of the Message-ID, so that a repetition shows. */
export async function sendMail(channel: Email, message: AlertMessage): Promise<void> {
  const { host, port, secure, username, password, from, to } = channel;
  const transport = createTransport({
    host,
    port,
    secure,
    ...(username === undefined ? {} : { auth: { user: username, pass: password ?? "" } }),
    connectionTimeout: ANSWER_MS,
    greetingTimeout: ANSWER_MS,
    socketTimeout: ANSWER_MS,
  });
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: titleOf(message),
      text: `${linesOf(message).join("\n")}\n\n${message.finding_en}\n`,
      messageId: `<${message.id}@fundpulse>`,
      headers: { "X-Fundpulse-Id": message.id },
    });
  } catch (error) {
    const { code, responseCode } = error as { code?: string; responseCode?: number };
    throw new Error(
      `the mail server ${responseCode === undefined ? `could not be used (${code ?? "no reason given"})` : `answered ${responseCode}`}`,
    );
  } finally {
    transport.close();
  }
}

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer, get } from "node:http";
import * as Body from "./telegram/Body.ts";
import type { Chat } from "./telegram/Chats.ts";
import { Chats } from "./telegram/Chats.ts";
import type { State } from "./telegram/Methods.ts";
import { methods } from "./telegram/Methods.ts";
import { Person } from "./telegram/Person.ts";
import { badRequest, Refusal } from "./telegram/Refusal.ts";
import { Updates } from "./telegram/Updates.ts";

export type { Message } from "./telegram/Message.ts";
export { Person } from "./telegram/Person.ts";

/** One call of the bot, and how it was answered. */
export interface Call {
  readonly method: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly code: number;
  readonly at: number;
}

/** How the Bot API fails: not listening, never answering, a gateway's error, or told to wait. */
export type Fault =
  | { readonly kind: "refuse" }
  | { readonly kind: "hang" }
  | { readonly kind: "gateway" }
  | { readonly kind: "flood"; readonly retryAfterSeconds: number };

/**
 * A Bot API on loopback that behaves like the real one where a bot can notice: update ids and their confirmation,
 * long polling and its conflict, webhooks with their secret, markup that must parse, limits, photos that must be
 * pictures, blocked chats, floods. Driven like a phone: `person("Ann").says("/status")`.
 */
export class TelegramApi {
  readonly token: string;
  readonly calls: Array<Call> = [];
  readonly #state: State;
  readonly #server: Server;
  #port = 0;
  #nextPersonId = 1001;
  #fault:
    | { readonly fault: Fault; readonly methods: ReadonlyArray<string> | undefined; left: number }
    | undefined;
  /** After the effect and before the answer: where a bot that dies cannot know what happened. */
  answerDelayMs: () => number = () => 0;
  /** Messages a second to one chat, above which it answers 429; the real one is vague about it. */
  perChatPerSecond = Number.POSITIVE_INFINITY;
  /** Answers markup of any kind as it answers markup that is broken. */
  refusesMarkup = false;
  readonly #sentAt = new Map<number, Array<number>>();
  /** Calls that are being read; they take effect as soon as they are. */
  #arriving = 0;

  constructor(token: string) {
    this.token = token;
    this.#state = {
      chats: new Chats(),
      updates: new Updates(810_000_001),
      bot: { id: Number(token.split(":")[0]), username: "strom_test_bot" },
      answered: new Map(),
      commands: [],
    };
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(token = `4242:${"t".repeat(35)}`): Promise<TelegramApi> {
    const api = new TelegramApi(token);
    await api.listen();
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get updates(): Updates {
    return this.#state.updates;
  }

  /** What was shown over the chat for each answered tap. */
  get toasts(): ReadonlyArray<string> {
    return [...this.#state.answered.values()];
  }

  get commands(): ReadonlyArray<unknown> {
    return this.#state.commands;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", () => {
        const address = this.#server.address();
        if (address !== null && typeof address === "object") this.#port = address.port;
        resolve();
      });
    });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Once all that callers had sent who are dead by now has arrived and taken effect; nobody may call meanwhile. */
  async settles(): Promise<void> {
    // Behind every connection of theirs that was not accepted yet.
    await new Promise<void>((resolve, reject) => {
      get(this.url, { agent: false }, (response) => void response.resume().once("close", resolve)).once(
        "error",
        reject,
      );
    });
    const connections = () =>
      new Promise<number>((resolve, reject) =>
        this.#server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      );
    while (this.#arriving > 0 || (await connections()) > 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  person(name: string): Person {
    return new Person(this.#state, this.#nextPersonId++, name);
  }

  group(title: string): Chat {
    return this.#state.chats.open(-this.#nextPersonId++, "group", title);
  }

  /** From now on, `times` calls (of `only` these methods) fail; until `recovers` when no number is given. */
  fails(
    fault: Fault,
    {
      times = Number.POSITIVE_INFINITY,
      only,
    }: { readonly times?: number; readonly only?: ReadonlyArray<string> } = {},
  ): void {
    this.#fault = { fault, methods: only, left: times };
    if (only === undefined && fault.kind === "refuse") this.#server.closeAllConnections();
  }

  recovers(): void {
    this.#fault = undefined;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, token = "", method = ""] = /^\/bot([^/]+)\/(\w+)/.exec(request.url ?? "") ?? [];
    const hungUp = new AbortController();
    response.once("close", () => hungUp.abort());
    let fields: Call["fields"] = {};
    const answer = async (code: number, body: unknown) => {
      // A poll whose caller hung up is answered to nobody.
      if (hungUp.signal.aborted) return;
      this.calls.push({ method, fields, code, at: performance.now() });
      const delayMs = method === "getUpdates" ? 0 : this.answerDelayMs();
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    try {
      const fault = this.#takeFault(method);
      if (fault?.kind === "refuse") return void request.socket.destroy();
      if (fault?.kind === "hang") return;
      if (fault?.kind === "gateway") return void response.writeHead(502).end("<html>Bad Gateway</html>");
      this.#arriving += 1;
      const body = await Body.read(request).finally(() => {
        this.#arriving -= 1;
      });
      fields = body.fields;
      if (fault?.kind === "flood") throw tooMany(fault.retryAfterSeconds);
      if (token !== this.token) throw new Refusal(401, "Unauthorized");
      const run = methods[method] ?? methods[Object.keys(methods).find((name) => isSame(name, method)) ?? ""];
      if (run === undefined) throw new Refusal(404, "Not Found");
      this.#limit(method, body.fields.chat_id);
      if (this.refusesMarkup && /[<&]/.test(String(fields.text ?? ""))) {
        throw badRequest("can't parse entities: said so for a test");
      }
      await answer(200, { ok: true, result: await run(this.#state, body, hungUp.signal) });
    } catch (error) {
      if (error instanceof Refusal) return answer(error.code, error.body);
      // A caller that died in the midst of its call.
      if (!hungUp.signal.aborted) throw error;
    }
  }

  #takeFault(method: string): Fault | undefined {
    const fault = this.#fault;
    if (fault === undefined || fault.left <= 0) return undefined;
    if (fault.methods !== undefined && !fault.methods.includes(method)) return undefined;
    fault.left -= 1;
    return fault.fault;
  }

  #limit(method: string, chatId: unknown): void {
    if (!method.startsWith("send") || typeof chatId !== "number") return;
    const now = performance.now();
    const recent = (this.#sentAt.get(chatId) ?? []).filter((at) => now - at < 1000);
    if (recent.length >= this.perChatPerSecond) throw tooMany(1);
    this.#sentAt.set(chatId, [...recent, now]);
  }
}

const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

const tooMany = (seconds: number) => new Refusal(429, `Too Many Requests: retry after ${seconds}`, seconds);

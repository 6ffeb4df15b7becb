import { Refusal } from "./Refusal.ts";

export type Update = { readonly update_id: number } & Readonly<Record<string, unknown>>;

interface Poll {
  readonly offset: number;
  readonly limit: number;
  readonly answer: (updates: ReadonlyArray<Update>) => void;
  readonly end: (refusal: Refusal) => void;
}

/** The one queue of a bot: updates wait until a later offset confirms them, or the webhook took them. */
export class Updates {
  readonly all: Array<Update> = [];
  #waiting: Array<Update> = [];
  #poll: Poll | undefined;
  #nextId: number;
  #webhook: { readonly url: string; readonly secret: string | undefined } | undefined;
  #isDelivering = false;

  constructor(firstId: number) {
    this.#nextId = firstId;
  }

  get webhookUrl(): string {
    return this.#webhook?.url ?? "";
  }

  get isPolled(): boolean {
    return this.#poll !== undefined;
  }

  get waiting(): ReadonlyArray<Update> {
    return this.#waiting;
  }

  add(content: Readonly<Record<string, unknown>>): number {
    const update = { update_id: this.#nextId++, ...content };
    this.all.push(update);
    this.#waiting.push(update);
    this.#deliver();
    return update.update_id;
  }

  /** Puts updates that were confirmed back, as Telegram does when it missed the confirmation. */
  redeliver(...ids: ReadonlyArray<number>): void {
    const again = this.all.filter((update) => ids.includes(update.update_id));
    const others = this.#waiting.filter((update) => !ids.includes(update.update_id));
    this.#waiting = [...again, ...others].sort((a, b) => a.update_id - b.update_id);
    this.#deliver();
  }

  drop(): void {
    this.#waiting = [];
  }

  /** Long polling. A second poll ends the first with 409, as does a webhook. */
  poll(
    offset: number,
    limit: number,
    timeoutSeconds: number,
    hungUp: AbortSignal,
  ): Promise<ReadonlyArray<Update>> {
    if (this.#webhook !== undefined) {
      throw new Refusal(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    this.#poll?.end(
      new Refusal(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
      ),
    );
    this.#waiting = this.#waiting.filter((update) => update.update_id >= offset);
    return new Promise((resolve, reject) => {
      const poll: Poll = {
        offset,
        limit: Math.min(Math.max(limit, 1), 100),
        answer: (updates) => {
          clearTimeout(timer);
          if (this.#poll === poll) this.#poll = undefined;
          resolve(updates);
        },
        end: (refusal) => {
          clearTimeout(timer);
          if (this.#poll === poll) this.#poll = undefined;
          reject(refusal);
        },
      };
      const timer = setTimeout(() => poll.answer([]), timeoutSeconds * 1000);
      this.#poll = poll;
      // The caller is gone: what it was to be given stays.
      hungUp.addEventListener("abort", () => poll.answer([]), { once: true });
      this.#deliver();
    });
  }

  setWebhook(url: string, secret: string | undefined): void {
    this.#webhook = url === "" ? undefined : { url, secret };
    if (this.#webhook !== undefined) {
      this.#poll?.end(new Refusal(409, "Conflict: terminated by setWebhook request"));
    }
    this.#deliver();
  }

  #deliver(): void {
    if (this.#webhook !== undefined) void this.#post();
    const poll = this.#poll;
    if (poll !== undefined && this.#waiting.length > 0) poll.answer(this.#waiting.slice(0, poll.limit));
  }

  /** One update after the other; what is not answered with 2xx is sent again. */
  async #post(): Promise<void> {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    while (this.#webhook !== undefined && this.#waiting[0] !== undefined) {
      const [update] = this.#waiting;
      const { url, secret } = this.#webhook;
      const response = await fetch(url, {
        method: "POST",
        // The real one waits longer, but gives up too: on a server that goes away with the request unanswered.
        signal: AbortSignal.timeout(2_000),
        headers: {
          "content-type": "application/json",
          ...(secret === undefined ? {} : { "x-telegram-bot-api-secret-token": secret }),
        },
        body: JSON.stringify(update),
      }).catch(() => undefined);
      if (response?.ok === true) {
        this.#waiting = this.#waiting.filter((each) => each !== update);
      } else {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    this.#isDelivering = false;
  }
}

import type { Message, Person } from "../../servers/TelegramApi.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What differs from run to run, made the same. */
const steady = (text: string): string =>
  text
    .replaceAll(/ +\d+ ms/g, "  3 ms")
    .replaceAll(/Node v\d+\.\d+\.\d+/g, "Node v24")
    .replace(/bot up .*failures/, "bot up 2 d 3 h, 118 messages in, 240 out, 0 notices waiting, 0 failures");

const indent = " ".repeat(8);

/** Writes down a conversation as it looks on a phone: what is said, what is answered, which buttons there are. */
export class Transcript {
  readonly #person: Person;
  readonly #lines: Array<string> = [];

  constructor(person: Person) {
    this.#person = person;
  }

  get text(): string {
    return this.#lines.map((line) => line.trimEnd()).join("\n");
  }

  #write(who: string, text: string, buttons: Message["buttons"] = []): void {
    const rows = buttons.map((row) => row.map((button) => `[ ${button.text} ]`).join(" "));
    const [first = "", ...rest] = [...text.split("\n"), ...rows];
    this.#lines.push(`${who.padEnd(6)}▸ ${first}`, ...rest.map((line) => `${indent}${line}`), "");
  }

  heard(message: Message): Message {
    const picture = message.photo === undefined ? "" : "(a picture of the equity)\n";
    this.#write("STROM", picture + steady(message.text), message.buttons);
    return message;
  }

  async says(text: string, isIt?: RegExp, shown = text): Promise<Message> {
    this.#write(this.#person.name, shown);
    return this.heard(await this.#person.asks(text, isIt));
  }

  /** Taps a button under a message that is answered in its place. */
  async taps(label: string, question: Message): Promise<void> {
    this.#write(this.#person.name, `taps [ ${label} ]`);
    const before = question.edits;
    this.#person.taps(label);
    for (let wait = 0; question.edits === before && wait < 2_000; wait++) await pause(5);
    this.#write("STROM", `${steady(question.text)}   (in place of the question)`);
  }

  async hears(isIt: RegExp): Promise<Message> {
    return this.heard(await this.#person.hears(isIt));
  }
}

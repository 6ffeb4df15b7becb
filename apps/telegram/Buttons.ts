import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Button, Keyboard } from "@strom/adapters/telegram/BotApi.ts";
import { Id } from "@strom/core";
import { Context, Layer, Option, Redacted, Schema } from "effect";
import type { Asker } from "./Strom.ts";

/** What changes something, and therefore is asked twice. */
export const acts = ["start", "pause", "stop", "stopall", "unlink"] as const;
export type Act = (typeof acts)[number];

/** A button that was tapped, as far as it can be believed. */
export type Pressed =
  | { readonly _tag: "Chosen"; readonly command: string; readonly agentId: Id.AgentId }
  | { readonly _tag: "More"; readonly command: string; readonly args: string; readonly cursor: string }
  | {
      readonly _tag: "Confirmed";
      readonly act: Act;
      readonly agentId: Id.AgentId | null;
      /** Names this question: answering it twice is answering it once. */
      readonly nonce: string;
    }
  | { readonly _tag: "Cancelled" }
  | { readonly _tag: "Expired" }
  | { readonly _tag: "Forged" };

/** How long a question waits for its answer. */
export const confirmWithinMs = 120_000;

const MOST_LISTS = 2_000;
const NONCE_BYTES = 6;
const MAC_BYTES = 12;

const packId = (id: Id.AgentId): string => Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url");

const decodeAgentId = Schema.decodeUnknownOption(Id.AgentId);

const unpackId = (text: string): Id.AgentId | null => {
  const hex = Buffer.from(text, "base64url").toString("hex");
  const parts = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(hex);
  return Option.getOrNull(decodeAgentId(parts?.slice(1).join("-")));
};

const isAct = (text: string): text is Act => acts.some((act) => act === text);

/**
 * Data behind buttons, at most 64 bytes. A confirmation carries a MAC over who was asked, in which chat, for what and
 * until when, so that it can neither be made up nor carried over; its key outlives a restart. What comes next in a
 * list is kept in memory under a name of its own.
 */
export const make = (secret: Redacted.Redacted<string>) => {
  const key = createHmac("sha256", Redacted.value(secret)).update("strom confirm buttons").digest();
  const lists = new Map<
    string,
    { readonly chatId: number; readonly args: string; readonly cursor: string }
  >();

  const macOf = (asker: Asker, text: string): string =>
    createHmac("sha256", key)
      .update(`${asker.chatId}/${asker.userId}/${text}`)
      .digest()
      .subarray(0, MAC_BYTES)
      .toString("base64url");

  const readConfirmation = (text: string, mac: string, asker: Asker, now: number): Pressed => {
    // As text: several texts decode to the same bytes.
    const [given, right] = [Buffer.from(mac), Buffer.from(macOf(asker, text))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return { _tag: "Forged" };
    const [act = "", id = "", until = "", nonce = ""] = text.split(".");
    if (!isAct(act)) return { _tag: "Forged" };
    if (now > Number.parseInt(until, 36) * 1000) return { _tag: "Expired" };
    return { _tag: "Confirmed", act, agentId: id === "" ? null : unpackId(id), nonce };
  };

  return {
    choose: (label: string, command: string, agentId: Id.AgentId): Button => ({
      label,
      data: `a.${command}.${packId(agentId)}`,
    }),

    more: (label: string, command: string, asker: Asker, args: string, cursor: string): Button => {
      const name = randomBytes(NONCE_BYTES).toString("base64url");
      const oldest = lists.keys().next();
      if (lists.size >= MOST_LISTS && oldest.done !== true) lists.delete(oldest.value);
      lists.set(name, { chatId: asker.chatId, args, cursor });
      return { label, data: `m.${command}.${name}` };
    },

    confirm: (label: string, act: Act, asker: Asker, agentId: Id.AgentId | null, now: number): Keyboard => {
      const until = Math.floor((now + confirmWithinMs) / 1000).toString(36);
      const nonce = randomBytes(NONCE_BYTES).toString("base64url");
      const text = [act, agentId === null ? "" : packId(agentId), until, nonce].join(".");
      const data = `c.${text}.${macOf(asker, text)}`;
      return [
        [
          { label, data },
          { label: "Cancel", data: "x" },
        ],
      ];
    },

    read: (data: string, asker: Asker, now: number): Pressed => {
      if (data === "x") return { _tag: "Cancelled" };
      const [kind, ...rest] = data.split(".");
      if (kind === "c") return readConfirmation(rest.slice(0, -1).join("."), rest.at(-1) ?? "", asker, now);
      const [command = "", name = ""] = rest;
      if (kind === "a") {
        const agentId = unpackId(name);
        return agentId === null ? { _tag: "Forged" } : { _tag: "Chosen", command, agentId };
      }
      if (kind !== "m") return { _tag: "Forged" };
      const list = lists.get(name);
      if (list === undefined || list.chatId !== asker.chatId) return { _tag: "Expired" };
      return { _tag: "More", command, args: list.args, cursor: list.cursor };
    },
  };
};

export class Buttons extends Context.Service<Buttons, ReturnType<typeof make>>()("strom/telegram/Buttons") {}

export const layer = (secret: Redacted.Redacted<string>): Layer.Layer<Buttons> =>
  Layer.sync(Buttons, () => Buttons.of(make(secret)));

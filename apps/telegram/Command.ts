import type { Effect } from "effect";
import type { Buttons } from "./Buttons.ts";
import type { Link, Links } from "./Links.ts";
import type { Instead, Reply } from "./Reply.ts";
import type { Standing } from "./Standing.ts";
import type { Asker, Client, Strom, StromDown, StromRefused } from "./Strom.ts";

/** One question of a linked chat. */
export interface Ask {
  readonly asker: Asker;
  readonly link: Link;
  /** STROM, acting for the user of the chat. */
  readonly client: Client;
  /** What follows the command. */
  readonly args: string;
  /** Where in a list to go on; null at its beginning. */
  readonly cursor: string | null;
  /** ms since the epoch. */
  readonly now: number;
}

export type Needs = Buttons | Links | Strom | Standing;

/** Something the bot can be asked, by `/name args`. */
export interface Command {
  readonly name: string;
  /** What may follow it, as help shows it. */
  readonly usage: string;
  readonly about: string;
  readonly run: (ask: Ask) => Effect.Effect<Reply, StromDown | StromRefused | Instead, Needs>;
}

export const make = (command: Command): Command => command;

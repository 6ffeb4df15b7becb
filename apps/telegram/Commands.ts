import { Effect } from "effect";
import * as Command from "./Command.ts";
import * as About from "./commands/About.ts";
import * as Books from "./commands/Books.ts";
import * as Control from "./commands/Control.ts";
import { notify } from "./commands/Notify.ts";
import { pnl } from "./commands/Pnl.ts";
import * as Status from "./commands/Status.ts";
import * as Html from "./Html.ts";

const others: ReadonlyArray<Command.Command> = [
  Status.agents,
  Status.status,
  Books.positions,
  Books.trades,
  pnl,
  About.daily,
  Status.stats,
  Control.startagent,
  Control.pause,
  Control.stop,
  Control.stopall,
  About.strategies,
  Books.risk,
  notify,
  About.health,
  About.version,
  Control.unlink,
];

const line = ({ name, usage, about }: Pick<Command.Command, "name" | "usage" | "about">): string =>
  `/${name}${usage === "" ? "" : ` ${Html.escape(usage)}`} – ${Html.escape(about)}`;

const help = Command.make({
  name: "help",
  usage: "",
  about: "this list",
  run: () => Effect.succeed({ html: text }),
});

/** Everything the bot can be asked, in the order help shows it; /start is told apart from these. */
export const all: ReadonlyArray<Command.Command> = [help, ...others];

/** Help, as shown to a linked chat. */
export const text: string = all.map(line).join("\n");

const byName = new Map(all.map((command) => [command.name, command]));

export const find = (name: string): Command.Command | undefined => byName.get(name);

/** For the menu Telegram shows beside the text field. */
export const menu: ReadonlyArray<{ readonly command: string; readonly description: string }> = all.map(
  ({ name, about }) => ({ command: name, description: about }),
);

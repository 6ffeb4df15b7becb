import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Scaffold from "@strom/apps/cli/Scaffold.ts";
import { Schema } from "effect";
import { assert, describe, it } from "vitest";
import * as Folder from "../servers/Folder.ts";
import * as Strom from "../servers/Strom.ts";

const decode = Schema.decodeUnknownSync(
  Schema.Struct({ items: Schema.Array(Schema.Struct({ key: Schema.String })) }),
);

const names = { file: "mine", key: "mine", identifier: "Mine", title: "Mine" };

describe("a process started with STROM_STRATEGIES", () => {
  it("has the folder's strategies in its catalog beside the built-in ones", async () => {
    const folder = Folder.make("strategies");
    writeFileSync(join(folder, "mine.ts"), Scaffold.strategy(names));
    const env = { STROM_STRATEGIES: folder, STROM_DATA_DIR: join(folder, "data"), STROM_MARKET: "none" };
    const strom = await Strom.start(["up"], env);
    try {
      const response = await fetch(`${strom.url}/v1/strategies`, {
        headers: { "X-Strom-User": "dev@strom.local" },
      });
      const { items } = decode(await response.json());
      const keys = items.map((strategy) => strategy.key);
      assert.includeMembers(keys, ["ema_crossover", "mine"]);
    } finally {
      await strom.destroy();
      Folder.remove(folder);
    }
  });

  it("does not start over one that breaks its promises, and says which", async () => {
    const folder = Folder.make("strategies");
    const broken = Scaffold.strategy(names).replace("if (closes", "if (Math.random() < 2 && closes");
    writeFileSync(join(folder, "mine.ts"), broken);
    const env = { STROM_STRATEGIES: folder, STROM_DATA_DIR: join(folder, "data"), STROM_MARKET: "none" };
    try {
      const failure = await Strom.start(["up"], env).then(
        () => new Error("it started"),
        (cause: Error) => cause,
      );
      assert.match(
        failure.message,
        /STROM_STRATEGIES names .* cannot be used:\n.*mine\.ts: mine breaks purity\n✗ purity: it calls Math\.random\(\)/,
      );
    } finally {
      Folder.remove(folder);
    }
  });
});

import { assert, describe, it } from "@effect/vitest";
import * as DevIdentity from "@strom/apps/api/DevIdentity.ts";
import * as Config from "@strom/apps/Config.ts";
import * as ConfigLines from "@strom/apps/ConfigLines.ts";
import { ConfigProvider, Effect, Redacted } from "effect";

const under = <A, E>(effect: Effect.Effect<A, E>, env: Record<string, string>) =>
  Effect.provideService(effect, ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(env));

const settings = (env: Record<string, string>) => under(Config.read, env);

describe("The configuration", () => {
  it.effect("needs no variable at all", () =>
    Effect.gen(function* () {
      const read = yield* settings({});
      assert.deepInclude(read, {
        databaseUrl: null,
        dataDir: ".strom",
        httpHost: "127.0.0.1",
        httpPort: 8080,
        seed: 42n,
        market: { kind: "sim" },
        replaySpeed: 1,
        partitions: null,
        auth: "dev",
        journalDays: 7,
        isProduction: false,
      });
    }),
  );

  it.effect.each([
    ["Warn", "Warn"],
    ["warn", "Warn"],
    ["WARNING", "Warn"],
    ["INFO", "Info"],
    ["none", "None"],
  ] as const)("takes %s for the log level %s", ([text, level]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* settings({ STROM_LOG_LEVEL: text })).logLevel, level);
    }),
  );

  it.effect("reads every variable it is given; an empty one counts as not set", () =>
    Effect.gen(function* () {
      const read = yield* settings({
        DATABASE_URL: "postgres://u:p@h:5432/d",
        STROM_MARKET: "replay:prices.csv",
        STROM_REPLAY_SPEED: "max",
        STROM_SYMBOLS: "BTC-USD, ETH-USD",
        STROM_SEED: "9223372036854775807",
        STROM_PARTITIONS: "",
        NODE_ENV: "production",
      });
      assert.isNotNull(read.databaseUrl);
      assert.strictEqual(
        read.databaseUrl === null ? "" : Redacted.value(read.databaseUrl),
        "postgres://u:p@h:5432/d",
      );
      assert.deepStrictEqual(read.market, { kind: "replay", file: "prices.csv" });
      assert.deepInclude(read, {
        replaySpeed: "max",
        seed: 2n ** 63n - 1n,
        partitions: null,
        isProduction: true,
      });
      assert.deepStrictEqual(read.symbols, ["BTC-USD", "ETH-USD"]);
    }),
  );

  const wrong: ReadonlyArray<readonly [string, string, RegExp]> = [
    ["STROM_HTTP_PORT", "99999", /"99999".*0 to 65535/],
    ["STROM_HTTP_PORT", "80a", /"80a"/],
    ["STROM_SEED", "-1", /"-1".*9223372036854775807/],
    ["STROM_MARKET", "live", /"live".*sim, replay:FILE\.csv or none/],
    ["STROM_MARKET", "replay:", /"replay:"/],
    ["STROM_REPLAY_SPEED", "0", /"0".*above 0.*max/],
    ["STROM_REPLAY_SPEED", "fast", /"fast"/],
    ["STROM_SYMBOLS", "BTC-USD,BTC-USD", /different symbols/],
    ["STROM_SYMBOLS", "btc usd", /A-Z/],
    ["STROM_PARTITIONS", "0", /1 to 1024/],
    ["STROM_AUTH", "none", /dev or oidc/],
    ["STROM_OIDC_ISSUER", "login.example.com", /https:/],
    ["STROM_LOG_LEVEL", "verbose", /Debug/],
    ["STROM_JOURNAL_DAYS", "0", /1 to 3650/],
    ["STROM_AGENTS_MAX", "0", /1 to 1000000/],
    ["STROM_FEED_JUMP", "1", /2 to 1000000/],
    ["STROM_OTLP_URL", "collector", /http:/],
    ["NATS_URL", "http://localhost", /nats:/],
  ];
  for (const [name, value, words] of wrong) {
    it.effect(`${name}=${value} is refused by name, value and what would be right`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(settings({ [name]: value }));
        assert.isTrue(error.message.startsWith(`${name} is `), error.message);
        assert.match(error.message, words);
      }),
    );
  }

  it.effect("tells all wrong variables at once, and never a secret", () =>
    Effect.gen(function* () {
      const env = {
        DATABASE_URL: "mysql://root:hunter2@h/d",
        TELEGRAM_BOT_TOKEN: "hunter2",
        STROM_HTTP_PORT: "x",
      };
      const error = yield* Effect.flip(settings(env));
      assert.strictEqual(error.message.split("\n").length, 3);
      assert.notInclude(error.message, "hunter2");
      const lines = yield* under(ConfigLines.all, env);
      assert.notInclude(JSON.stringify(lines), "hunter2");
      assert.strictEqual(lines.find(({ name }) => name === "DATABASE_URL")?.current, "<redacted>");
      assert.strictEqual(lines.find(({ name }) => name === "STROM_SEED")?.fallback, "42");
    }),
  );
});

describe("The development identity", () => {
  const safe = { auth: "dev", httpHost: "127.0.0.1", oidcIssuer: null, isProduction: false } as const;
  for (const httpHost of ["127.0.0.1", "127.1.2.3", "localhost", "::1"]) {
    it(`is allowed on ${httpHost}`, () => {
      assert.isNull(DevIdentity.refusal({ ...safe, httpHost }));
    });
  }
  for (const httpHost of ["0.0.0.0", "::", "192.168.0.2", "strom.example.com", "127.0.0.1.example.com"]) {
    it(`is refused on ${httpHost}`, () => {
      assert.match(DevIdentity.refusal({ ...safe, httpHost }) ?? "", /STROM_HTTP_HOST.*loopback/);
    });
  }
  it("is refused in production", () => {
    assert.match(DevIdentity.refusal({ ...safe, isProduction: true }) ?? "", /NODE_ENV is production/);
  });
  it("is refused when an issuer is set", () => {
    assert.match(DevIdentity.refusal({ ...safe, oidcIssuer: "https://x" }) ?? "", /STROM_OIDC_ISSUER/);
  });
});

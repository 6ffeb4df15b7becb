import { assert, describe, it } from "@effect/vitest";
import { StromApi } from "@strom/adapters/http/StromApi.ts";
import * as Routes from "@strom/apps/api/Routes.ts";
import { OpenApi } from "effect/http-api";

const { components, paths } = OpenApi.fromApi(StromApi);

/** The schemes one or the other of which an operation asks for, each with all it needs at once. */
const needs = ({
  method,
  path,
}: Pick<Routes.Route, "method" | "path">): ReadonlyArray<ReadonlyArray<string>> => {
  const at = paths[path.replace(/:(\w+)/g, "{$1}")];
  const operation = Object.entries(at ?? {}).find(([name]) => name === method.toLowerCase())?.[1];
  return operation !== undefined && "security" in operation ? operation.security.map(Object.keys) : [];
};

describe("The OpenAPI document", () => {
  it("says how a caller says who it is, route by route", () => {
    const headers = Object.values(components.securitySchemes).map((scheme) =>
      "name" in scheme ? scheme.name : scheme.type,
    );
    assert.deepStrictEqual(headers, [
      "X-Strom-User",
      "http",
      "x-strom-telegram-chat",
      "x-strom-telegram-user",
    ]);
    for (const route of Routes.api) {
      const expected =
        route.group === "health"
          ? []
          : route.group === "telegramBot"
            ? [["bot"]]
            : [["user"], [], ["bot", "telegramChat", "telegramUser"]];
      assert.deepStrictEqual(needs(route), expected, route.path);
    }
  });
});

import { assert, describe, it } from "@effect/vitest";
import { Catalog, Params, Strategy } from "@strom/core";
import { Result, Schema } from "effect";

const ema = Catalog.find(Catalog.make(Catalog.builtIn), "ema_crossover");

const problems = (input: unknown): ReadonlyArray<Params.ParamsProblem> => {
  const decoded = ema?.decodeParams(input);
  if (decoded === undefined || Result.isSuccess(decoded)) throw new Error("expected a refusal");
  return decoded.failure.errors;
};

describe("Params", () => {
  it("fills the defaults of what is not said", () => {
    assert.deepStrictEqual(Result.getOrThrow(ema!.decodeParams({})), { ema_fast: 9, ema_slow: 21 });
    assert.deepStrictEqual(Result.getOrThrow(ema!.decodeParams({ ema_fast: 20 })), {
      ema_fast: 20,
      ema_slow: 21,
    });
  });

  it("says at ema_fast that it must be below ema_slow", () => {
    const expected = (fast: number, slow: number) => [
      { path: "ema_fast", message: `${fast} is refused: a value below ema_slow (${slow}) is needed` },
    ];
    assert.deepStrictEqual(problems({ ema_fast: 21, ema_slow: 21 }), expected(21, 21));
    assert.deepStrictEqual(problems({ ema_fast: 50 }), expected(50, 21));
  });

  it("reports every problem at once, each with its path, its value and what is right", () => {
    assert.sameDeepMembers(
      [...problems({ ema_fast: "9", ema_slow: 0.5, leverage: 10 })],
      [
        { path: "ema_fast", message: '"9" is refused: a whole number from 1 to 5000 is needed' },
        { path: "ema_slow", message: "0.5 is refused: a whole number from 2 to 10000 is needed" },
        { path: "leverage", message: "10 is refused: no such parameter, there is ema_fast, ema_slow" },
      ],
    );
  });

  it("does not let an unknown parameter hide a wrong combination", () => {
    const paths = problems({ ema_fast: 30, leverage: 10 }).map(({ path }) => path);
    assert.sameMembers(paths, ["leverage", "ema_fast"]);
  });

  it.each([[5], [null], [[]], ["x"], [undefined], [[1, 2]]])("refuses %j as a whole", (input) => {
    const [problem] = problems(input);
    assert.strictEqual(problem?.path, "");
    assert.include(problem?.message ?? "", "an object of parameters is needed");
  });

  it.each([[Number.NaN], [Infinity], [null], [true], [1e99], [-1], [{}]])("refuses ema_fast %j", (value) => {
    assert.deepStrictEqual(
      problems({ ema_fast: value }).map(({ path }) => path),
      ["ema_fast"],
    );
  });

  it("speaks in one sentence when asked for one", () => {
    const refused = ema!.decodeParams({ ema_fast: 30 });
    const message = Result.isFailure(refused) ? refused.failure.message : "";
    assert.strictEqual(message, "ema_fast: 30 is refused: a value below ema_slow (21) is needed");
  });

  it("requires a field of a user's own schema that has no default", () => {
    const own = Strategy.make({
      key: "own",
      name: "Own",
      description: "A user's strategy",
      params: Schema.Struct({
        lots: Schema.Int,
        length: Params.int({ default: 5, minimum: 1, maximum: 9, description: "Bars" }),
      }),
      warmup: () => 0,
      init: () => null,
      step: (_, state) => [state, null],
    });
    assert.deepStrictEqual(own.paramsSchema["required"], ["lots"]);
    const refused = own.decodeParams({});
    assert.deepStrictEqual(Result.isFailure(refused) && refused.failure.errors, [
      { path: "lots", message: "a value is needed" },
    ]);
    assert.throws(() => Strategy.make({ ...own, key: "Not Snake" }), RangeError);
    const without = (part: string) => JSON.parse(`{"${part}": null}`);
    for (const part of ["params", "warmup", "init", "step"]) {
      assert.throws(() => Strategy.make({ ...own, ...without(part) }), new RegExp(`${part} is needed`));
    }
  });
});

import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { NodeHttpServer } from "@effect/platform-node";
import { ByteSize, Effect, Layer } from "effect";
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http";

export interface Options {
  readonly host: string;
  readonly port: number;
  /** The path of the public URL, such as /telegram. */
  readonly path: `/${string}`;
  /** What Telegram puts into the header of every call. */
  readonly secret: string;
}

/** The header of Telegram's calls that says they are Telegram's. */
export const secretHeader = "x-telegram-bot-api-secret-token";

const MAX_BODY = ByteSize.mebibytes(1);

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Takes as long for a wrong secret as for the right one. */
const isSecret = (given: string | undefined, secret: string): boolean =>
  timingSafeEqual(digest(given ?? ""), digest(secret)) && given !== undefined;

const answer = (status: number) => HttpServerResponse.empty({ status });

/**
 * Listens for updates that Telegram posts. The secret is looked at before the body is read. An update counts as taken
 * once `handle` is done with it; until then Telegram sends it again.
 */
export const layer = <R>(options: Options, handle: (update: unknown) => Effect.Effect<void, never, R>) => {
  const take = Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest;
    if (!isSecret(request.headers[secretHeader], options.secret)) return answer(401);
    const body = yield* Effect.result(
      Effect.provideService(request.text, HttpServerRequest.MaxBodySize, MAX_BODY),
    );
    if (body._tag === "Failure") return answer(413);
    const update = yield* Effect.result(Effect.try((): unknown => JSON.parse(body.success)));
    if (update._tag === "Failure") return answer(400);
    yield* handle(update.success);
    return answer(200);
  });
  return HttpRouter.serve(HttpRouter.add("POST", options.path, take), {
    disableLogger: true,
    disableListenLog: true,
  }).pipe(
    Layer.provideMerge(
      NodeHttpServer.layer(createServer, {
        host: options.host,
        port: options.port,
        gracefulShutdownTimeout: "1 second",
      }),
    ),
  );
};

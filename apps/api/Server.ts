import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer";
import { Layer, Predicate, Schema } from "effect";
import { HttpRouter, HttpServer } from "effect/http";
import * as Api from "./Api.ts";

/** The address cannot be listened on. */
export class AddressRefused extends Schema.TaggedError<AddressRefused>()("AddressRefused", {
  message: Schema.String,
}) {}

export interface Options {
  readonly host: string;
  readonly port: number;
  /** Whether the command that listens has `--port`. */
  readonly hasFlag?: boolean;
}

const codeOf = (cause: unknown): string =>
  Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code) ? cause.code : "unknown";

const refusal = ({ host, port, hasFlag = false }: Options, cause: unknown): AddressRefused => {
  const code = codeOf(cause);
  const message =
    code === "EADDRINUSE"
      ? `STROM_HTTP_PORT ${port} is already in use on ${host}; choose another, such as STROM_HTTP_PORT=${port < 65_535 ? port + 1 : 8080}, or 0 for any free one${hasFlag ? " (--port does the same)" : ""}`
      : code === "EACCES"
        ? `STROM_HTTP_PORT ${port} needs rights this process does not have; choose one above 1023, such as 8080`
        : `STROM_HTTP_HOST ${host} with STROM_HTTP_PORT ${port} cannot be listened on (${code}); 127.0.0.1 always can`;
  return new AddressRefused({ message });
};

const comeBack: RequestListener = (_request, response) => {
  const problem = { type: "about:blank", title: "Service Unavailable", status: 503, code: "starting" };
  response.writeHead(503, { "content-type": "application/problem+json", "retry-after": "1" });
  response.end(JSON.stringify({ ...problem, detail: "STROM is starting; ask again in a second" }));
};

/** A connection on which nothing moved for so long is closed. An event stream says something every 15 s. */
const STALLED_MS = 45_000;

/**
 * The port is taken first and answered later. A request in between would wait for ever without this. So would a stream
 * whose reader does not read: what is written to it waits in the socket, and only its timeout ends that.
 */
export const createPatient = (stalledMs = STALLED_MS) => {
  const server = createServer(comeBack);
  server.timeout = stalledMs;
  server.on("newListener", (event) => {
    if (event === "request") server.off("request", comeBack);
  });
  return server;
};

/** Listens, and knows where: `HttpServer.address` is the port that port 0 became. */
export const layerHttp = (options: Options): Layer.Layer<HttpServer.HttpServer, AddressRefused> =>
  NodeHttpServer.layerServer(() => createPatient(), {
    host: options.host,
    port: options.port,
    // Event streams never end by themselves.
    gracefulShutdownTimeout: "1 second",
  }).pipe(
    Layer.catchTag("ServeError", (error) =>
      Layer.effect(HttpServer.HttpServer, refusal(options, error.cause)),
    ),
  );

/** Answers requests until the scope closes. Paths mean what they say: case counts, slashes are not collapsed. */
export const layer = HttpRouter.serve(Api.layer, {
  disableLogger: true,
  disableListenLog: true,
  routerConfig: { caseSensitive: true, ignoreDuplicateSlashes: false, ignoreTrailingSlash: false },
}).pipe(Layer.provide(NodeHttpServer.layerHttpServices));

import { StromApi } from "@strom/adapters/http/StromApi.ts";
import { HttpApi } from "effect/http-api";
import { assets } from "../web/Assets.ts";

/** One route of the definition. `path` is the template, such as /v1/agents/:id; it names the route in metrics. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly group: string;
  readonly endpoint: string;
  /** Whether a request says anything in its body. */
  readonly takesBody: boolean;
}

const collect = (): ReadonlyArray<Route> => {
  const routes: Array<Route> = [];
  HttpApi.reflect(StromApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, group }) => {
      routes.push({
        method: endpoint.method,
        path: endpoint.path,
        group: group.identifier,
        endpoint: endpoint.identifier,
        takesBody: endpoint.payload.size > 0,
      });
    },
  });
  return routes;
};

/** Every route of the API, from its definition. */
export const api: ReadonlyArray<Route> = collect();

/** What is served beside the API. */
export const pages: ReadonlyArray<Pick<Route, "method" | "path">> = [
  { method: "GET", path: "/docs" },
  { method: "GET", path: "/openapi.json" },
  ...assets.map(({ path }) => ({ method: "GET", path })),
];

const compiled = [...api, ...pages.map((page) => ({ ...page, takesBody: false }))].map(
  ({ method, path, takesBody }) => ({
    method,
    path,
    takesBody,
    pattern: new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/:[^/]+/g, "[^/]+")}$`),
  }),
);

/** What is at a path. */
export interface Place {
  /** The template the path belongs to. */
  readonly path: string;
  readonly methods: ReadonlyArray<string>;
  /** Those of them that take a body. */
  readonly withBody: ReadonlyArray<string>;
}

/** Null when there is nothing at that path. */
export const match = (path: string): Place | null => {
  const found = compiled.filter(({ pattern }) => pattern.test(path));
  const first = found[0];
  if (first === undefined) return null;
  const same = found.filter((route) => route.path === first.path);
  const withBody = same.filter(({ takesBody }) => takesBody);
  return {
    path: first.path,
    methods: same.map(({ method }) => method),
    withBody: withBody.map(({ method }) => method),
  };
};

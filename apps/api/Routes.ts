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
  /** Whether anything may stand behind a `?`. */
  readonly takesQuery: boolean;
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
        takesQuery: endpoint.query !== undefined,
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

// Who watches a process or loads a page may write there what they like, such as the time against a cache.
const isLax = ({ group }: Route): boolean => group === "health";

const compiled = [
  ...api.map((route) => ({ ...route, takesQuery: route.takesQuery || isLax(route) })),
  ...pages.map((page) => ({ ...page, takesBody: false, takesQuery: true })),
].map(({ method, path, takesBody, takesQuery }) => ({
  method,
  path,
  takesBody,
  takesQuery,
  pattern: new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/:[^/]+/g, "[^/]+")}$`),
}));

/** What is at a path. */
export interface Place {
  /** The template the path belongs to. */
  readonly path: string;
  readonly methods: ReadonlyArray<string>;
  /** Those of them that take a body. */
  readonly withBody: ReadonlyArray<string>;
  /** Those that take a query. */
  readonly withQuery: ReadonlyArray<string>;
}

/** Null when there is nothing at that path. */
export const match = (path: string): Place | null => {
  const found = compiled.filter(({ pattern }) => pattern.test(path));
  const first = found[0];
  if (first === undefined) return null;
  const same = found.filter((route) => route.path === first.path);
  const methodsOf = (routes: typeof same) => routes.map(({ method }) => method);
  return {
    path: first.path,
    methods: methodsOf(same),
    withBody: methodsOf(same.filter(({ takesBody }) => takesBody)),
    withQuery: methodsOf(same.filter(({ takesQuery }) => takesQuery)),
  };
};

/** The entry of `@strom/core`: every module as a namespace, nothing else. */
export * as Bar from "./Bar.ts";
export * as Catalog from "./Catalog.ts";
export * as Columns from "./Columns.ts";
export * as Digest from "./Digest.ts";
export * as Id from "./Id.ts";
export * as Money from "./Money.ts";
export * as Params from "./Params.ts";
export * as Rng from "./Rng.ts";
export * as Strategy from "./Strategy.ts";

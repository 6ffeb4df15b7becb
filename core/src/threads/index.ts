/** The entry of `@strom/core/threads`: sweeps on all processors, where there are threads of Node's. */
export * as Pool from "./Pool.ts";
export * as SweepServer from "./SweepServer.ts";
export * as Thread from "./Thread.ts";
export * as Threads from "./Threads.ts";

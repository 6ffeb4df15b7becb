import { Layer } from "effect";
import * as MemoryAgentRoster from "./MemoryAgentRoster.ts";
import * as MemoryAgents from "./MemoryAgents.ts";
import * as MemoryExecutionStore from "./MemoryExecutionStore.ts";
import * as MemoryJournal from "./MemoryJournal.ts";
import * as MemoryPriceBook from "./MemoryPriceBook.ts";
import * as MemoryRiskStore from "./MemoryRiskStore.ts";
import * as MemoryRuntimeStore from "./MemoryRuntimeStore.ts";
import * as MemoryShelf from "./MemoryShelf.ts";
import * as MemoryUsers from "./MemoryUsers.ts";

/** Everything the pipeline asks for, over one connection. */
export const layer = Layer.mergeAll(
  MemoryAgentRoster.layer,
  MemoryAgents.layer,
  MemoryExecutionStore.layer,
  MemoryPriceBook.layer,
  MemoryRiskStore.layer,
  MemoryRuntimeStore.layer,
  MemoryShelf.layer,
  MemoryUsers.layer,
).pipe(Layer.provideMerge(MemoryJournal.layer));

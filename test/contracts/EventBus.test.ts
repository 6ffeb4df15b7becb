import * as InProcessBus from "@strom/adapters/inprocess/InProcessBus.ts";
import * as EventBus from "./EventBus.ts";

EventBus.suite("the bus inside one process", InProcessBus.layer);

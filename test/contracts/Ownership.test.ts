import * as SoleOwnership from "@strom/adapters/inprocess/SoleOwnership.ts";
import * as Ownership from "./Ownership.ts";

Ownership.suite("the only process there is", SoleOwnership.layer);

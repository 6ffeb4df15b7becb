import * as Seeds from "./Seeds.ts";

Seeds.suite(Seeds.range(1, 100));

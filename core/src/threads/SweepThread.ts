// A thread of a sweep: imports the strategy it is told of, and runs the backtests it takes.
import * as Catalog from "../Catalog.ts";
import type { Any as Strategy } from "../Strategy.ts";
import { serve } from "./SweepServer.ts";

const isStrategy = (value: unknown, key: string): value is Strategy =>
  typeof value === "object" && value !== null && Reflect.get(value, "key") === key && "step" in value;

serve(async ({ module, key }) => {
  const exported: object = module === null ? Catalog.builtIn : await import(module);
  const strategy = Object.values(exported).find((one) => isStrategy(one, key));
  if (strategy !== undefined) return strategy;
  const names = Object.keys(exported).join(", ") || "nothing";
  throw new Error(`${module} exports no strategy with the key ${key}: it exports ${names}`);
});

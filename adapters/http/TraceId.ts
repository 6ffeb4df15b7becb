import { Context } from "effect";

/** The id under which a request can be found in logs and traces: 32 hexadecimal digits. */
export const TraceId: Context.Reference<string> = Context.Reference("strom/http/TraceId", {
  defaultValue: () => "00000000000000000000000000000000",
});

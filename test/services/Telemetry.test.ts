import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Schema } from "effect";
import { assert, describe, it } from "vitest";
import * as Child from "../servers/Child.ts";
import * as Folder from "../servers/Folder.ts";
import * as Strom from "../servers/Strom.ts";

const Span = Schema.Struct({ traceId: Schema.String, name: Schema.String });
const Traces = Schema.Struct({
  resourceSpans: Schema.Array(
    Schema.Struct({ scopeSpans: Schema.Array(Schema.Struct({ spans: Schema.Array(Span) })) }),
  ),
});

/** A collector that keeps the spans it is sent over OTLP. */
const collect = async () => {
  const spans: Array<typeof Span.Type> = [];
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.url === "/v1/traces") {
        const sent = Schema.decodeUnknownSync(Traces)(JSON.parse(Buffer.concat(chunks).toString()));
        for (const { scopeSpans } of sent.resourceSpans)
          for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { spans, url: `http://127.0.0.1:${port}`, close: () => server.close() };
};

describe("STROM_OTLP_URL", () => {
  it("is sent one trace from tick to fill", async () => {
    const folder = Folder.make("otlp");
    const collector = await collect();
    const strom = await Strom.start(["up", "--demo"], {
      STROM_DATA_DIR: join(folder, "data"),
      STROM_OTLP_URL: collector.url,
    });
    try {
      const steps = ["strom.agent.tick", "strom.agent.run", "strom.order.intent", "strom.order.filled"];
      const isWhole = () => {
        const names = new Map<string, Set<string>>();
        for (const { traceId, name } of collector.spans)
          names.set(traceId, (names.get(traceId) ?? new Set()).add(name));
        return [...names.values()].some((seen) => steps.every((step) => seen.has(step)));
      };
      await Child.until(isWhole, 60_000, "a trace with all four steps");
      assert.isTrue(isWhole());
    } finally {
      await strom.destroy();
      collector.close();
      Folder.remove(folder);
    }
  });
});

import { monitorEventLoopDelay } from "node:perf_hooks";
import { Effect, Layer, Metric, Schedule } from "effect";

/**
 * Every metric of STROM, by what it counts. Counters are named `_total`, durations are in seconds, as Prometheus
 * likes them. Labels have few values: a stage, a code, a route; never an agent or a user.
 */
const counter = (name: string, description: string) =>
  Metric.counter(name, { description, incremental: true });

const secondsBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const sizeBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

export const ticks = counter("strom_ticks_total", "Ticks the scheduler wrote");
export const missedTicks = counter("strom_missed_ticks_total", "Slots that passed without a tick");
export const runs = counter("strom_runs_total", "Runs committed by the runtime");
export const signals = counter("strom_signals_total", "Signals the strategies gave");
export const intents = counter("strom_intents_total", "Orders the risk stage approved");
export const fills = counter("strom_fills_total", "Orders filled");
export const deadLetters = counter("strom_dead_letters_total", "Events put aside as poisoned");
const notForUsTotal = counter(
  "strom_not_for_us_total",
  "Ticks of strategies this process does not have, and times it met events of a newer version",
);
export const notForUs = (stage: string) => Metric.withAttributes(notForUsTotal, { stage });
export const prices = counter("strom_prices_total", "Market prices stored");

const rejectionsTotal = counter("strom_rejections_total", "Orders the risk stage rejected, by code");
export const rejections = (code: string) => Metric.withAttributes(rejectionsTotal, { code });

const batchSizes = Metric.histogram("strom_stage_batch_size", {
  description: "Events a stage took in one transaction",
  boundaries: sizeBoundaries,
});
export const batchSize = (stage: string) => Metric.withAttributes(batchSizes, { stage });

const stageSeconds = Metric.histogram("strom_stage_duration_seconds", {
  description: "From taking a batch to its commit",
  boundaries: secondsBoundaries,
});
export const stageDuration = (stage: string) => Metric.withAttributes(stageSeconds, { stage });

const lags = Metric.gauge("strom_journal_lag", { description: "Events a stage has yet to read" });
export const journalLag = (stage: string, topic: string, partition: number) =>
  Metric.withAttributes(lags, { stage, topic, partition: String(partition) });

const dutiesHeld = Metric.gauge("strom_duties", {
  description: "Partitions of a stage, and things there is one of, that this process is in charge of",
});
export const duties = (role: string) => Metric.withAttributes(dutiesHeld, { role });

export const published = counter("strom_bus_publishes_total", "Events handed to the bus");
export const publishFailures = counter("strom_bus_publish_failures_total", "Events the bus did not take");

const requestsTotal = counter("strom_api_requests_total", "Requests answered, by route and status");
export const requests = (method: string, route: string, status: number) =>
  Metric.withAttributes(requestsTotal, { method, route, status: String(status) });

const requestSeconds = Metric.histogram("strom_api_request_duration_seconds", {
  description: "From reading a request to its answer",
  boundaries: secondsBoundaries,
});
export const requestDuration = (route: string) => Metric.withAttributes(requestSeconds, { route });

export const telegramUpdates = counter("strom_telegram_updates_total", "Updates of Telegram handled");
export const telegramMessages = counter("strom_telegram_messages_total", "Messages Telegram took");
export const telegramFailures = counter("strom_telegram_failures_total", "Messages Telegram did not take");
export const telegramWaiting = Metric.gauge("strom_telegram_waiting", {
  description: "Notices that wait to be sent",
});

export const eventStreams = Metric.gauge("strom_event_streams", { description: "Open event streams" });

const residentBytes = Metric.gauge("process_resident_memory_bytes", { description: "Resident memory" });
const heapBytes = Metric.gauge("process_heap_bytes", { description: "JavaScript heap in use" });
const cpuSeconds = Metric.gauge("process_cpu_seconds_total", { description: "User and system time spent" });
const loopDelay = Metric.gauge("process_event_loop_delay_seconds", {
  description: "99th percentile of the event loop's delay over the last 10 s",
});

const observe = (histogram: ReturnType<typeof monitorEventLoopDelay>) =>
  Effect.gen(function* () {
    const memory = process.memoryUsage();
    const cpu = process.cpuUsage();
    yield* Metric.update(residentBytes, memory.rss);
    yield* Metric.update(heapBytes, memory.heapUsed);
    yield* Metric.update(cpuSeconds, (cpu.user + cpu.system) / 1e6);
    const delayNanos = histogram.percentile(99);
    yield* Metric.update(loopDelay, Number.isFinite(delayNanos) ? delayNanos / 1e9 : 0);
    histogram.reset();
  });

/** What an alert counts the first of: a series that begins at one has not risen. */
const fromZero = [
  ticks,
  missedTicks,
  runs,
  signals,
  intents,
  fills,
  deadLetters,
  prices,
  published,
  publishFailures,
];

/** Watches the process itself, every ten seconds for as long as the layer lives. */
export const layerProcess: Layer.Layer<never> = Layer.effectDiscard(
  Effect.gen(function* () {
    const histogram = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const delays = monitorEventLoopDelay({ resolution: 20 });
        delays.enable();
        return delays;
      }),
      (delays) => Effect.sync(() => delays.disable()),
    );
    for (const each of fromZero) yield* Metric.update(each, 0);
    yield* observe(histogram).pipe(Effect.repeat(Schedule.spaced("10 seconds")), Effect.forkScoped);
  }),
);

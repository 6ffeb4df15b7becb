/** What the API refused, with its own words. */
export class Refused extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title ?? "the request failed");
    this.problem = problem;
  }
}

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** What was answered: the browser's own words for a server that is away say nothing to a person. */
const asked = async (path, options) => {
  try {
    const response = await fetch(path, options);
    return { response, text: await response.text() };
  } catch {
    throw new Refused({ detail: "STROM does not answer: it is down, or cannot be reached from here." });
  }
};

/** Under a key STROM does a thing once, however often it is asked. */
const call = async (method, path, { body, key } = {}) => {
  const { response, text } = await asked(path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = parsed(text);
  // What stands before STROM may answer for it, and not in JSON.
  if (!response.ok)
    throw new Refused(answer ?? { title: `STROM does not answer (status ${response.status})` });
  return answer;
};

export const me = () => call("GET", "/v1/me");
export const agents = (cursor = null, filter = "") =>
  call(
    "GET",
    `/v1/agents?limit=200${filter}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
  );
export const agent = (id) => call("GET", `/v1/agents/${encodeURIComponent(id)}`);
export const stats = (id) => call("GET", `/v1/agents/${id}/stats`);
export const book = (id, name, query = "limit=50") => call("GET", `/v1/agents/${id}/${name}?${query}`);
export const move = (id, event, key) => call("POST", `/v1/agents/${id}/${event}`, { key });
/** A move of an agent as it was seen: asked again after an answer was lost, it is made once. */
export const moveSeen = ({ id, updated_at }, event) => move(id, event, `${event}:${id}:${updated_at}`);
export const remove = (id) => call("DELETE", `/v1/agents/${id}`);
export const linkCode = () => call("POST", "/v1/telegram/link-codes");
export const create = (agent, key) => call("POST", "/v1/agents", { body: agent, key });
export const strategies = () => call("GET", "/v1/strategies");
export const symbols = () => call("GET", "/v1/market/symbols");

const topics = [
  "agent.tick",
  "agent.run",
  "agent.changed",
  "signal.created",
  "order.intent",
  "order.rejected",
  "order.filled",
  "pnl.updated",
];

const stream = "/v1/events";
const againMs = 3_000;
/** Who was refused waits for somebody else to leave. */
const refusedAgainMs = 10_000;

/** Why the stream is refused, which an EventSource keeps to itself; null when it is not, or nobody answers. */
const refusal = async () => {
  const stop = new AbortController();
  try {
    const response = await fetch(stream, { signal: stop.signal });
    if (response.ok) return null;
    const { code, detail } = parsed(await response.text()) ?? {};
    const hint = code === "too_many_streams" ? ", such as another tab with this page" : "";
    return `${detail ?? `status ${response.status}`}${hint}`;
  } catch {
    return null;
  } finally {
    stop.abort();
  }
};

/**
 * Follows every event of the caller's agents. The browser resumes by itself after a cut, with the id of the last
 * event; `onReset` says that what it was following is gone and everything should be read anew. `onState` gets `on`, or
 * `off` with the reason when there is one to tell.
 */
export const follow = (listener, isAgain = false) => {
  const { onEvent, onState, onReset } = listener;
  const source = new EventSource(stream);
  let isBehind = isAgain;
  source.onopen = () => {
    onState("on");
    // A stream that was refused begins now: what happened before is only in the lists.
    if (isBehind) onReset();
    isBehind = false;
  };
  source.onerror = async () => {
    if (source.readyState !== EventSource.CLOSED) return onState("off");
    const reason = await refusal();
    onState("off", reason);
    setTimeout(() => follow(listener, true), reason === null ? againMs : refusedAgainMs);
  };
  source.addEventListener("strom.stream.reset", onReset);
  for (const topic of topics) {
    source.addEventListener(`strom.${topic}`, (message) => onEvent(topic, JSON.parse(message.data)));
  }
};

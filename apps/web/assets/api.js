/** What the API refused, with its own words. */
export class Refused extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title ?? "the request failed");
    this.problem = problem;
  }
}

const call = async (method, path, body) => {
  const response = await fetch(path, {
    method,
    headers:
      body === undefined
        ? {}
        : { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text === "" ? null : JSON.parse(text);
  if (!response.ok) throw new Refused(answer ?? { title: `status ${response.status}` });
  return answer;
};

export const me = () => call("GET", "/v1/me");
export const agents = () => call("GET", "/v1/agents?limit=200");
export const agent = (id) => call("GET", `/v1/agents/${id}`);
export const stats = (id) => call("GET", `/v1/agents/${id}/stats`);
export const book = (id, name, query = "limit=50") => call("GET", `/v1/agents/${id}/${name}?${query}`);
export const move = (id, event) => call("POST", `/v1/agents/${id}/${event}`);
export const create = (agent) => call("POST", "/v1/agents", agent);
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

/**
 * Follows every event of the caller's agents. The browser resumes by itself after a cut, with the id of the last
 * event; `onReset` says that what it was following is gone and everything should be read anew.
 */
export const follow = ({ onEvent, onState, onReset }) => {
  const source = new EventSource("/v1/events");
  source.onopen = () => onState("on");
  source.onerror = () => {
    onState("off");
    if (source.readyState === EventSource.CLOSED)
      setTimeout(() => follow({ onEvent, onState, onReset }), 3_000);
  };
  source.addEventListener("strom.stream.reset", onReset);
  for (const topic of topics) {
    source.addEventListener(`strom.${topic}`, (message) => onEvent(topic, JSON.parse(message.data)));
  }
};

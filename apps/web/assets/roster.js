import * as api from "./api.js";

/** Agents as they are listed, newest first, and where the list goes on; apart from them what is asked for by its id. */
export const unread = { agents: [], next: null, apart: [] };

/** An operator may have ten thousand agents: they are read and drawn a page at a time, as many as are asked for. */
const page = async (cursor) => {
  const { items, next_cursor } = await api.agents(cursor);
  return { agents: items, next: next_cursor };
};

const isOf = (agents) => (id) => agents.some((agent) => agent.id === id);

/** An agent of the caller by its id; null when there is none, or the text is no id. */
const find = async (id) => {
  try {
    return await api.agent(id);
  } catch (failure) {
    if (![404, 422].includes(failure.problem?.status)) throw failure;
    return null;
  }
};

/** Reads the first pages, as many as `pages` says by then, and each of `ids` that is on none of them. */
export const read = async (pages, ids) => {
  let { agents, next } = await page(null);
  for (let count = 1; count < pages() && next !== null; count += 1) {
    const more = await page(next);
    agents = [...agents, ...more.agents];
    next = more.next;
  }
  const isListed = isOf(agents);
  const others = next === null ? [] : ids.filter((id) => !isListed(id));
  const found = await Promise.all(others.map(find));
  return { agents, next, apart: found.filter((agent) => agent !== null) };
};

/** The list with its next page. */
export const more = async (roster) => {
  const { agents, next } = await page(roster.next);
  const isListed = isOf(agents);
  return {
    agents: [...roster.agents, ...agents],
    next,
    apart: roster.apart.filter(({ id }) => !isListed(id)),
  };
};

/** Deletes an agent. One that is gone already was deleted by a click whose answer was lost. */
export const remove = async (roster, id) => {
  try {
    await api.remove(id);
  } catch (failure) {
    if (failure.problem?.status !== 404) throw failure;
  }
  const isOther = (agent) => agent.id !== id;
  return { ...roster, agents: roster.agents.filter(isOther), apart: roster.apart.filter(isOther) };
};

/** All that are shown: what is apart is older than what is listed. */
export const all = ({ agents, apart }) => [...agents, ...apart];

/** The list with an agent as it is now, or with a new one. */
export const put = (roster, agent) => {
  const now = (each) => (each.id === agent.id ? agent : each);
  return isOf(all(roster))(agent.id)
    ? { ...roster, agents: roster.agents.map(now), apart: roster.apart.map(now) }
    : { ...roster, agents: [agent, ...roster.agents] };
};

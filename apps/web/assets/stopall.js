import * as api from "./api.js";
import { ask } from "./ask.js";
import { toast } from "./elements.js";

const atOnce = 4;

const inState = async (status) => {
  let agents = [];
  let cursor = null;
  do {
    const { items, next_cursor } = await api.agents(cursor, `&status=${status}`);
    agents = [...agents, ...items];
    cursor = next_cursor;
  } while (cursor !== null);
  return agents;
};

/** Every agent of the caller that can be stopped, on whatever page. */
const stoppable = async () => [...(await inState("RUNNING")), ...(await inState("PAUSED"))];

const counted = (count) => (count === 1 ? "1 agent" : `${count} agents`);

/** Stops them, a few at once; gives a sentence for each that was not. */
const stop = async (agents) => {
  const left = [...agents];
  const refused = [];
  const work = async () => {
    for (let agent = left.shift(); agent !== undefined; agent = left.shift()) {
      try {
        await api.moveSeen(agent, "stop");
      } catch (failure) {
        refused.push(`${agent.name}: ${failure.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return refused;
};

/** The kill switch: asks, stops all that run or pause, and says what came of it. */
export const stopAll = async () => {
  const { length } = await stoppable();
  if (length === 0) return toast("No agent is running or paused.");
  const question = `Stop ${counted(length)}?`;
  if (!(await ask(question, "Nothing is approved after that.", "Stop all"))) return;
  // Asked anew, since one may have been started while the question stood.
  const agents = await stoppable();
  const refused = await stop(agents);
  const done = `${counted(agents.length - refused.length)} stopped.`;
  toast(refused.length === 0 ? done : `${done} Not stopped: ${refused.slice(0, 5).join("; ")}`);
};

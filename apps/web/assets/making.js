import * as api from "./api.js";

/**
 * An agent that a form makes: one, however often it is asked for, and though the answer was lost on its way. What is
 * made already is only started. After `renew` another one is meant.
 */
export const begin = () => {
  let key = crypto.randomUUID();
  let made = null;
  return {
    isMade: () => made !== null,
    renew: () => {
      key = crypto.randomUUID();
    },
    make: async (agent, isStarted) => {
      made ??= await api.create(agent, key);
      return isStarted ? api.move(made.id, "start", key) : made;
    },
  };
};

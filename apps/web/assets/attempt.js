import { toast } from "./elements.js";

/** Does it, or says why it could not be done. */
export const attempt = async (deed) => {
  try {
    return await deed();
  } catch (failure) {
    toast(failure.message);
    return null;
  }
};

/** Runs at most once in a while, and once more at the end: bursts of events become one read. */
export const calm = (deed, ms) => {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      attempt(deed);
    }, ms);
  };
};

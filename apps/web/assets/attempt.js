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

/**
 * Runs at most once in a while, and once more at the end: bursts of events become one read. A read that takes longer is
 * waited for, since of two at once the older may end last.
 */
export const calm = (deed, ms) => {
  let isAsked = false;
  let isBusy = false;
  const later = () => {
    isAsked = true;
    if (isBusy) return;
    isBusy = true;
    setTimeout(async () => {
      isAsked = false;
      await attempt(deed);
      isBusy = false;
      if (isAsked) later();
    }, ms);
  };
  return later;
};

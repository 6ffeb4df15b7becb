import * as api from "./api.js";

const code = "daily_loss_limit";
const dayOf = (iso) => iso.slice(0, 10);

/** The floor a rejection names, and its UTC day; null when it was for another reason. */
export const floorOf = (reason, rules, at) => {
  if (reason !== code || !Array.isArray(rules)) return null;
  const limit = rules.find((rule) => rule.code === code)?.limit;
  return typeof limit === "string" ? { day: dayOf(at), limit } : null;
};

/** The floor of today, as the latest rejections of today name it; null when none does. */
export const read = async (id) => {
  const today = dayOf(new Date().toISOString());
  const query = `limit=50&status=REJECTED&from=${today}T00:00:00.000Z`;
  const { items } = await api.book(id, "risk-decisions", query);
  return items.map((each) => floorOf(each.code, each.rules, each.at)).find((floor) => floor !== null) ?? null;
};

/** Whether nothing is opened now: the floor is today's, and the equity at or below it, as in the rule itself. */
export const isReached = (floor, equity) =>
  floor !== null && floor.day === dayOf(new Date().toISOString()) && Number(equity) <= Number(floor.limit);

import type * as Known from "./Known.ts";
import type { Wire } from "./Wire.ts";

/** Agents that trade from the first second, so that every list has rows and pages. */

const wanted = {
  frequency_seconds: 1,
  universe: { symbols: ["BTC-USD", "ETH-USD"] },
  strategies: [{ key: "ema_crossover", params: { ema_fast: 3, ema_slow: 8 } }, { key: "buy_and_hold" }],
  risk_profile: {
    max_risk_per_trade_pct: 1,
    max_daily_loss_pct: 90,
    max_open_positions: 5,
    cooldown_seconds: 0,
    max_notional_exposure_pct: 100,
  },
  capital: "100000.00",
};

/** No id of a chat that the fuzz draws is as high. */
const firstChatId = 1_000;

const link = async (wire: Wire, user: Known.User, botToken: string): Promise<Known.Chat> => {
  const chatId = firstChatId + [...user.email].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
  const owner = { "x-strom-user": user.email };
  const target = "/v1/telegram/link-codes";
  const issued = await wire.send({ method: "POST", target, headers: owner, body: null });
  const { code }: { readonly code: string } = JSON.parse(issued?.text ?? "");
  const headers = { authorization: `Bearer ${botToken}`, "content-type": "application/json" };
  const body = Buffer.from(JSON.stringify({ code, chat_id: chatId, telegram_user_id: chatId }));
  await wire.send({ method: "POST", target: "/v1/telegram/bot/links", headers, body });
  return { chatId: String(chatId), userId: String(chatId) };
};

/** Each user's first agent, running, and a chat that speaks for the user. */
export const settle = async (wire: Wire, known: Known.Known, botToken: string): Promise<void> => {
  for (const user of known.users) {
    const headers = { "x-strom-user": user.email, "content-type": "application/json" };
    const body = Buffer.from(JSON.stringify({ ...wanted, name: user.email }));
    const made = await wire.send({ method: "POST", target: "/v1/agents", headers, body });
    const { id }: { readonly id: string } = JSON.parse(made?.text ?? "");
    await wire.send({ method: "POST", target: `/v1/agents/${id}/start`, headers, body: null });
    user.agents.push(id);
    known.residents.push(await link(wire, user, botToken));
  }
};

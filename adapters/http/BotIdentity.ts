import { HttpApiMiddleware } from "effect/http-api";
import * as Problem from "./Problem.ts";

/** Lets only our Telegram bot through: it shows the service token both were started with. */
export class BotIdentity extends HttpApiMiddleware.Service<BotIdentity>()("strom/http/BotIdentity", {
  error: [Problem.Unauthenticated],
}) {}

/**
 * Headers by which the bot, beside its service token, says in which chat and by whom it was asked. The API then
 * acts for the user that chat is linked to, and for nobody when it is linked to none.
 */
export const chatHeader = "x-strom-telegram-chat";
export const userHeader = "x-strom-telegram-user";

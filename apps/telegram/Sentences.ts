/** What strangers get, whatever they say. */
export const stranger =
  "This chat is not linked to a STROM account. Get a one-time code, as with the command strom telegram link, and send it here as /start CODE.";
export const privateOnly = "I talk in private chats only.";
export const codeSeen =
  "Everybody here can read that code, so it is good no more. Create a new one, and send it to me in a private chat.";
export const codeNotEnded =
  "Everybody here can read what you wrote. If that was a code, create a new one, which ends it: STROM does not answer me at the moment.";
export const noForwards = "I do not act on forwarded messages. Write it yourself.";
export const commandsOnly = "I understand commands only. /help lists them.";
export const down =
  "STROM does not answer at the moment. Trading does not depend on this bot; try again in a minute.";
export const slowDown = "That were too many wrong codes. Try again in ten minutes.";
export const foreignButton = "That button is not one of mine. Nothing was changed.";
export const tooLate = "Too late. Nothing was changed; send the command again.";
export const expired = "This question has expired. Nothing was changed; send the command again.";
export const cancelled = "Cancelled. Nothing was changed.";
export const unlinked = "This chat is unlinked. It will be told nothing any more.";

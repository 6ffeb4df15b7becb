import { Schema } from "effect";

/** How a chat is told of one kind of event: with a sound, without, or not at all. */
export const Loudness = Schema.Literals(["on", "silent", "off"]);
export type Loudness = typeof Loudness.Type;

/** The kinds of notices, each with its loudness. */
export const Preferences = Schema.Struct({
  fills: Loudness,
  rejects: Loudness,
  errors: Loudness,
  daily: Loudness,
});
export type Preferences = typeof Preferences.Type;

/** What a chat is told of until it says otherwise. */
export const usual: Preferences = { fills: "on", rejects: "silent", errors: "on", daily: "on" };

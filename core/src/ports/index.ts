/** What the shell must provide: declarations only, one role a file. */

export { AgentRoster, type Failure, type Fallen, type Ticking } from "./AgentRoster.ts";
export {
  type Agent,
  AgentNotFound,
  Agents,
  CapitalCommitted,
  type Change,
  type Move,
  type NewAgent,
  StillSettling,
} from "./Agents.ts";
export { Answers, KeyReused, type Request, StillRunning } from "./Answers.ts";
export * as BookRows from "./Books.ts";
export { Books } from "./Books.ts";
export { Database, DatabaseReplaced, DatabaseUnavailable, type Pulse } from "./Database.ts";
export { BusUnavailable, EventBus, type Message } from "./EventBus.ts";
export { type Desk, ExecutionStore } from "./ExecutionStore.ts";
export { Expiry } from "./Expiry.ts";
export {
  type Advance,
  type Cursor,
  CursorMoved,
  type DeadLetter,
  type Entry,
  EventsUnknown,
  type FeedRow,
  Journal,
  type Lag,
  PositionInvalid,
  passedOn,
  type Row,
} from "./Journal.ts";
export { type Duty, Ownership, type Role, roles } from "./Ownership.ts";
export type { Page, Place, Slice } from "./Page.ts";
export { type Glimpse, PriceBook, type Priced, type Window } from "./PriceBook.ts";
export { type NewQuote, type Outcome, type Quote, type QuoteBounds, Quotes } from "./Quotes.ts";
export { type Question, type Reviewed, type ReviewRecord, RiskStore } from "./RiskStore.ts";
export {
  type FailedRun,
  type Remembered,
  type Resident,
  type RunRecord,
  RuntimeStore,
  type Stranger,
} from "./RuntimeStore.ts";
export { Shelf } from "./Shelf.ts";
export {
  ChatTaken,
  CodeUnknown,
  type Redemption,
  type TelegramLink,
  TelegramLinks,
  TooManyChats,
} from "./TelegramLinks.ts";
export { type Notice, TelegramMemory } from "./TelegramMemory.ts";
export * as TelegramPreferences from "./TelegramPreferences.ts";
export { Timeline } from "./Timeline.ts";
export { Users } from "./Users.ts";
export { type Verified, Verify, type Violation } from "./Verify.ts";

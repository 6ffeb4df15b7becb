/** What the shell must provide: declarations only, one role a file. */
export { Database, DatabaseUnavailable, type Pulse } from "./Database.ts";
export { BusUnavailable, EventBus, type Message } from "./EventBus.ts";
export {
  type Cursor,
  CursorMoved,
  type DeadLetter,
  type Entry,
  type FeedRow,
  Journal,
  type Lag,
  PositionInvalid,
  type Row,
} from "./Journal.ts";

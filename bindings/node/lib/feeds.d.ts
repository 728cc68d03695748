import type { EventData, EventName } from '../events.js'

/** An event with its number, time, actor, command, version and hash. */
export interface RecordOf<E extends EventName> {
  /** Number of the record in the journal: 1, 2, 3, … without gaps. */
  seq: number
  /** Time of the decision. The engine's time never runs backwards. */
  at: Date
  /** Id of the user who caused the event; missing for the box office itself. */
  actorId?: string
  /** Id of the command that caused the event. */
  commandId: string
  /** Version of the entity after the event. */
  version: number
  /** Name of the event, such as `OrderCreated`. */
  event: E
  /** Data of the event in the published form. */
  data: EventData[E]
  /** Hash over this record and all records before it, as 64 hexadecimal digits. */
  hash: string
  /** The cursor of a reader that has this record, for `journal.readAfter` and `journal.subscribeAfter`. */
  cursor: string
}

/** A record of any event; `event` determines the type of `data`. */
export type JournalRecord = { [E in EventName]: RecordOf<E> }[EventName]

/**
 * A subscription to the journal, from a given record on: history first, then live, every record once and in order. It ends when it
 * or the box office is closed. Several iterations of one subscription share its records.
 */
export interface Subscription {
  /** Waits for records and returns the available ones, up to a few hundred; `null` once the subscription is closed. */
  nextBatch(): Promise<JournalRecord[] | null>
  /** Closes the subscription: pending calls of `nextBatch` resolve to `null`. */
  close(): void
  [Symbol.asyncIterator](): AsyncIterableIterator<JournalRecord>
  /** Closes the subscription at the end of a `using` block. */
  [Symbol.dispose](): void
}

import type { EventData, EventName } from '../events.js'

/** An event with the circumstances under which it became a fact. */
export interface RecordOf<E extends EventName> {
  /** The place in the journal: 1, 2, 3, … without a gap. */
  seq: number
  /** When it was decided, by the engine's own time, which never runs backwards. */
  at: Date
  /** The id of the user who caused it; none for the box office itself. */
  actorId?: string
  /** The command that caused it. */
  commandId: string
  /** The version of the event's entity after it. */
  version: number
  /** The name of the event, such as `OrderCreated`. */
  event: E
  /** The event's data in the published form. */
  data: EventData[E]
  /** The hash over this record and all before it, as 64 hexadecimal digits. */
  hash: string
}

/** An event of any name with its circumstances: `event` tells what `data` is. */
export type JournalRecord = { [E in EventName]: RecordOf<E> }[EventName]

/**
 * The journal from one record on: history first, then live, every record once and in order. It ends when it or the box office is
 * closed. Several iterations of one subscription share its records.
 */
export interface Subscription {
  /** Waits for records, and gives all that are there, up to a few hundred. `null` once it is closed. */
  nextBatch(): Promise<JournalRecord[] | null>
  /** Ends it: whoever waits for a record gets `null`. */
  close(): void
  [Symbol.asyncIterator](): AsyncIterableIterator<JournalRecord>
  /** `using`: ends it at the end of the block. */
  [Symbol.dispose](): void
}

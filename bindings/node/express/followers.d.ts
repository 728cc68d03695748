import type { BoxOffice, JournalRecord } from '../index.js'
import type { Event } from './subjects.js'

/** A position in the journal: the number of the last record that is done. */
export interface Cursor {
  /** Returns the position; 0 at the beginning of the journal. */
  load(): Promise<number | string>
  /** Saves the position; resolves once it is durable. */
  save(seq: number, cursor?: string): Promise<void>
}
/** A cursor in a file. The file is replaced atomically and is on disk before `save` resolves. */
export declare class FileCursor implements Cursor {
  constructor(file: string)
  load(): Promise<number | string>
  save(seq: number, cursor?: string): Promise<void>
}

export interface FollowerOptions {
  /** Time to wait before a failed event is retried, in milliseconds; 1,000 by default. */
  retryAfterMs?: number
}
declare abstract class Follower<E extends Event> {
  constructor(office: BoxOffice, cursor: Cursor, options?: FollowerOptions)
  /** Name of the event to follow. */
  abstract readonly subject: E['subject']
  /** Starts at the cursor; the promise resolves when the follower has stopped or the box office is closed. */
  listen(): Promise<void>
  /** Stops after the current event. */
  stop(): Promise<void>
  /** Receives errors; the event is retried. Logs the error by default. */
  protected onError(error: unknown, record: JournalRecord): void
}
/** A record for a listener. */
export type Message = JournalRecord & {
  /** Acknowledges the event, so that it is not delivered again. */
  ack(): void
}
/**
 * Handles each event of one subject, in the order of the journal, one at a time. An event that is not acknowledged, because of an
 * error, a crash or `ackWaitMs`, is delivered again. Delivery is at least once.
 */
export declare abstract class Listener<E extends Event> extends Follower<E> {
  constructor(office: BoxOffice, cursor: Cursor, options?: FollowerOptions & { ackWaitMs?: number })
  /** Handles an event, and then calls `message.ack()`. */
  abstract onMessage(data: E['data'], message: Message): void | Promise<void>
}
/**
 * Publishes each event of one subject elsewhere, such as to a message broker, in the order of the journal. An event whose publication
 * failed is published again. Publication is at least once.
 */
export declare abstract class Publisher<E extends Event> extends Follower<E> {
  /** Publishes an event; resolves once the event is safely stored at its destination. */
  abstract publish(data: E['data'], record: JournalRecord): void | Promise<void>
}

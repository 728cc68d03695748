import type { BoxOffice, JournalRecord } from '../index.js'
import type { Event } from './subjects.js'

/** How far somebody has come: the number of the last record that needs not come again. */
export interface Cursor {
  /** 0 at the very beginning. */
  load(): Promise<number | string>
  /** Done once it is durable. */
  save(seq: number, cursor?: string): Promise<void>
}
/** A cursor in a file: it is replaced as a whole, and on the disk before `save` is done. */
export declare class FileCursor implements Cursor {
  constructor(file: string)
  load(): Promise<number | string>
  save(seq: number, cursor?: string): Promise<void>
}

export interface FollowerOptions {
  /** How long to wait before an event that was not done comes again: a second by default. */
  retryAfterMs?: number
}
declare abstract class Follower<E extends Event> {
  constructor(office: BoxOffice, cursor: Cursor, options?: FollowerOptions)
  /** The event that it is about. */
  abstract readonly subject: E['subject']
  /** Starts at the cursor; the promise is fulfilled when it has stopped, or the box office is closed. */
  listen(): Promise<void>
  /** Stops after the event that is under way. */
  stop(): Promise<void>
  /** Hears of what goes wrong; the event comes again. Logs by default. */
  protected onError(error: unknown, record: JournalRecord): void
}
/** An event on its way to a listener. */
export type Message = JournalRecord & {
  /** Says that the event is dealt with and needs not come again. */
  ack(): void
}
/**
 * Does something for each event of one subject, in the order of the journal, one at a time. An event that is not acknowledged, because
 * of an error, a crash or `ackWaitMs`, comes again: it may come twice, and is never missed.
 */
export declare abstract class Listener<E extends Event> extends Follower<E> {
  constructor(office: BoxOffice, cursor: Cursor, options?: FollowerOptions & { ackWaitMs?: number })
  /** Deals with an event, and then calls `message.ack()`. */
  abstract onMessage(data: E['data'], message: Message): void | Promise<void>
}
/**
 * Hands each event of one subject on to somewhere else, such as a message broker, in the order of the journal. An event whose
 * publication failed is published again: it may go out twice, and is never missed.
 */
export declare abstract class Publisher<E extends Event> extends Follower<E> {
  /** Publishes an event; done once it is safe where it goes. */
  abstract publish(data: E['data'], record: JournalRecord): void | Promise<void>
}

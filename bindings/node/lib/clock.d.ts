/** Where time comes from, for tests. Without `wakeBy` a clock is believed to go at the pace of real time. */
export interface Clock {
  /** The time. */
  now(): Date
  /** Takes a function to call whenever the time has jumped. */
  wakeBy?(wake: () => void): void
}

/** A clock that stands still until it is moved, for tests. */
export declare class ManualClock {
  /** A clock that stands at this time: RFC 3339 or a `Date`. */
  constructor(now: string | Date)
  /** The time at which it stands. */
  now(): Date
  /** Moves the clock forwards by so many milliseconds, at once. The promise is fulfilled when what fell due is durable and visible. */
  advance(byMs: number): Promise<void>
  /** Sets the clock, forwards or backwards, at once. The promise is fulfilled when what fell due is durable and visible. */
  set(now: Date): Promise<void>
}

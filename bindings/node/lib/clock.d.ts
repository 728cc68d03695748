/** A source of time for tests. A clock without `wakeBy` is assumed to run at the speed of real time. */
export interface Clock {
  /** Returns the current time. */
  now(): Date
  /** Registers a function to call after each jump. */
  wakeBy?(wake: () => void): void
}

/** A clock that stands still until it is moved, for tests. */
export declare class ManualClock {
  /** Creates a clock that stands at this time: RFC 3339 or a `Date`. */
  constructor(now: string | Date)
  /** Returns the current time of the clock. */
  now(): Date
  /** Moves the clock forwards by so many milliseconds, at once. The promise is fulfilled when what fell due is durable and visible. */
  advance(byMs: number): Promise<void>
  /** Sets the clock, forwards or backwards, at once. The promise is fulfilled when what fell due is durable and visible. */
  set(now: Date): Promise<void>
}

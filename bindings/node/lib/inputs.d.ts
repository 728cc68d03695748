/** An amount of money, exact. */
export interface Money {
  /** In major units, as a decimal text such as `"19.99"`. */
  amount: string
  /** The ISO 4217 code. */
  currency: string
  /** In minor units, such as cents. */
  minor: number
}

/** A sum of money, which may be below zero. */
export interface SignedMoney {
  /** In major units, exact, as a decimal text such as `"-19.99"`. */
  amount: string
  /** The ISO 4217 code. */
  currency: string
  /** In minor units, such as cents; as exact as JavaScript's numbers are, to 2^53. */
  minor: number
}

/** An amount of money as it is given in. */
export interface Amount {
  /** In major units, as a decimal text such as `"0.30"`. */
  amount: string
  /** The ISO 4217 code. */
  currency: string
}

/**
 * What the platform keeps of each ticket that is paid. The share is rounded to the minor unit, halves up; no fee is more than the
 * ticket's price.
 */
export interface FeePolicy {
  /** A share of the price in percent, as a text with at most two decimals, such as `"2.5"`. */
  percent?: string
  /** A fixed amount in the currencies that have one. */
  fixed?: Amount[]
}

/** What everything takes that may be waited for. */
export interface WaitOptions {
  /**
   * Ends the waiting: the promise is rejected with the signal's reason. A command that was begun may be done nevertheless; given again
   * under the same `idempotencyKey`, it tells. What is aborted already is not begun.
   */
  signal?: AbortSignal
}

/** An amount of money, exact. */
export interface Money {
  /** Amount in major units, as a decimal text such as `"19.99"`. */
  amount: string
  /** ISO 4217 code of the currency. */
  currency: string
  /** Amount in minor units, such as cents. */
  minor: number
}

/** A sum of money, which may be negative. */
export interface SignedMoney {
  /** Exact sum in major units, as a decimal text such as `"-19.99"`. */
  amount: string
  /** ISO 4217 code of the currency. */
  currency: string
  /** Sum in minor units, such as cents; exact up to 2^53, like all numbers in JavaScript. */
  minor: number
}

/** An amount of money as input. */
export interface Amount {
  /** Amount in major units, as a decimal text such as `"0.30"`. */
  amount: string
  /** ISO 4217 code of the currency. */
  currency: string
}

/**
 * The fee that the platform keeps for each paid ticket. The percentage of the price is rounded to the minor unit, halves up. No fee
 * is greater than the price.
 */
export interface FeePolicy {
  /** Percentage of the price, as a text with at most two decimals, such as `"2.5"`. */
  percent?: string
  /** Fixed amount for each currency that has one. */
  fixed?: Amount[]
}

/** Options of every operation that waits. */
export interface WaitOptions {
  /**
   * Stops waiting when aborted: the promise is rejected with the signal's reason. A command that was already submitted may still be
   * decided; repeat it with the same `idempotencyKey` to learn its outcome. With a signal that is already aborted, nothing starts.
   */
  signal?: AbortSignal
}

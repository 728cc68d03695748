'use strict'
// Iteration by `for await`: over the journal as it grows, and over lists that are read in batches.

const { rejected } = require('./errors.js')
const { endedBy, unlessAborted } = require('./signals.js')

/** Iterates over entries that are read in batches. */
class BatchIterator {
  #next
  #end
  #batch = []
  #at = 0
  #fetching = Promise.resolve()
  #ended = false

  /** Creates an iterator. `next` returns the next batch, `null` at the end; `end` is called if the loop ends early. */
  constructor(next, end) {
    this.#next = next
    this.#end = end
  }

  next() {
    // Steps run one after another, so that concurrent calls get the entries in order.
    const step = this.#fetching.then(() => this.#step())
    this.#fetching = step.then(
      () => {},
      () => {},
    )
    return step
  }

  async #step() {
    if (!this.#ended) {
      const isEmpty = this.#at === this.#batch.length
      // Called in each step, because an aborted signal also stops the entries that were read ahead.
      const batch = this.#next(isEmpty)
      if (isEmpty) {
        this.#at = 0
        this.#batch = (await batch) ?? []
        this.#ended = this.#batch.length === 0
      }
    }
    if (this.#ended) return { done: true, value: undefined }
    return { done: false, value: this.#batch[this.#at++] }
  }

  return() {
    this.#ended = true
    this.#end()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator]() {
    return this
  }
}

/** Creates an iterator over a list of the native module; it throws once the signal is aborted. */
function gone(parts, signal) {
  const next = (isEmpty) => {
    signal?.throwIfAborted()
    return isEmpty ? unlessAborted(parts.nextBatch().then(undefined, rejected), signal) : undefined
  }
  return new BatchIterator(next, () => {})
}

/** The journal as it grows, which ends with its signal. */
class Subscription {
  #feed
  #signal
  #release

  constructor(feed, signal) {
    this.#feed = feed
    if (signal === undefined) return
    this.#signal = signal
    this.#release = endedBy(signal, this, (aborted) => aborted.#feed.close())
  }

  async nextBatch() {
    const batch = await this.#feed.nextBatch().then(undefined, rejected)
    if (batch === null) {
      this.#signal?.throwIfAborted()
      this.#letGo()
    }
    return batch
  }

  close() {
    this.#letGo()
    this.#feed.close()
  }

  /** Has it and its signal know nothing of each other. */
  #letGo() {
    this.#release?.()
    this.#release = undefined
    this.#signal = undefined
  }

  [Symbol.asyncIterator]() {
    const next = (isEmpty) => {
      this.#signal?.throwIfAborted()
      return isEmpty ? this.nextBatch() : undefined
    }
    return new BatchIterator(next, () => this.close())
  }
}

// Node has this symbol from version 18.18 on; `using` itself needs Node 24 or a compiler.
Object.defineProperty(Subscription.prototype, Symbol.dispose, {
  value() {
    this.close()
  },
})

module.exports = { Subscription, gone }

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

/** Signal of each feed, with the function that detaches them. */
const signals = new WeakMap()

/** Closes a feed without checking its signal. */
let closeFeed

/** Closes the feed once the signal is aborted; returns the feed. */
function followed(feed, signal) {
  if (signal !== undefined) signals.set(feed, { signal, release: endedBy(signal, feed, (aborted) => closeFeed.call(aborted)) })
  return feed
}

/** Detaches an ended feed from its signal. */
function letGo(feed) {
  signals.get(feed)?.release()
  signals.delete(feed)
}

/** Adds iteration, signals and `using` to the feeds of the native module. */
function extendFeeds(Subscription) {
  const { nextBatch, close } = Subscription.prototype
  closeFeed = close
  const methods = {
    async nextBatch() {
      const batch = await nextBatch.call(this)
      if (batch === null) {
        signals.get(this)?.signal.throwIfAborted()
        letGo(this)
      }
      return batch
    },
    close() {
      letGo(this)
      close.call(this)
    },
    [Symbol.asyncIterator]() {
      const next = (isEmpty) => {
        signals.get(this)?.signal.throwIfAborted()
        return isEmpty ? this.nextBatch() : undefined
      }
      return new BatchIterator(next, () => this.close())
    },
    // Node has this symbol since version 18.18. `using` needs Node 24 or a compiler.
    [Symbol.dispose]() {
      this.close()
    },
  }
  for (const name of Reflect.ownKeys(methods)) {
    Object.defineProperty(Subscription.prototype, name, { value: methods[name], writable: true, configurable: true })
  }
}

module.exports = { extendFeeds, followed, gone }

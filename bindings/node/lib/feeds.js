'use strict'
// What is gone through by `for await`: the journal as it grows, statements, and all pages of a listing.

const native = require('../native.js')
const { WAIT_OPTIONS, checkedOptions } = require('./inputs.js')
const { endedBy, heeded, unlessAborted } = require('./signals.js')

/** The signals of feeds, and what has each forget its feed. */
const signals = new WeakMap()

/** Has the feed, which has ended, and its signal know nothing of each other. */
function letGo(feed) {
  signals.get(feed)?.release()
  signals.delete(feed)
}

/** Goes through a subscription, which is read in batches. */
class RecordIterator {
  #feed
  #batch = []
  #at = 0
  #fetching = Promise.resolve()
  #ended = false

  constructor(feed) {
    this.#feed = feed
  }

  next() {
    // One after the other, so that calls at once get records in order.
    const step = this.#fetching.then(() => this.#step())
    this.#fetching = step.then(
      () => {},
      () => {},
    )
    return step
  }

  async #step() {
    if (!this.#ended) signals.get(this.#feed)?.signal.throwIfAborted()
    if (this.#at === this.#batch.length && !this.#ended) {
      this.#at = 0
      this.#batch = (await this.#feed.nextBatch()) ?? []
      this.#ended = this.#batch.length === 0
    }
    if (this.#ended) return { done: true, value: undefined }
    return { done: false, value: this.#batch[this.#at++] }
  }

  return() {
    this.#ended = true
    this.#feed.close()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator]() {
    return this
  }
}

/** Gives the feeds of the journal, and statements, what they have beside the native module. */
function extendFeeds() {
  const { nextBatch, close } = native.Subscription.prototype
  const { subscribe } = native.Journal.prototype
  const { statementCsv } = native.Ledger.prototype

  define(native.Journal, {
    subscribe(fromSeq, options) {
      const signal = heeded(checkedOptions(options, WAIT_OPTIONS).signal)
      const feed = subscribe.call(this, fromSeq)
      if (signal !== undefined) signals.set(feed, { signal, release: endedBy(signal, feed, (ended) => close.call(ended)) })
      return feed
    },
  })
  define(native.Subscription, {
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
      return new RecordIterator(this)
    },
    // Node has these symbols from version 18.18 on; `using` itself needs Node 24 or a compiler.
    [Symbol.dispose]() {
      this.close()
    },
  })
  define(native.Ledger, {
    statementCsv(actorId, sellerId, options) {
      const signal = heeded(checkedOptions(options, WAIT_OPTIONS).signal)
      const statement = statementCsv.call(this, actorId, sellerId)
      if (signal !== undefined) signals.set(statement, { signal })
      return statement
    },
  })
  define(native.Statement, {
    async *[Symbol.asyncIterator]() {
      const signal = signals.get(this)?.signal
      const part = async () => {
        signal?.throwIfAborted()
        return unlessAborted(this.nextPart(), signal)
      }
      for (let text = await part(); text !== null; text = await part()) yield text
    },
  })
}

/** Adds methods to a class of the native module, or replaces them. */
function define(kind, methods) {
  for (const name of Reflect.ownKeys(methods)) {
    Object.defineProperty(kind.prototype, name, { value: methods[name], writable: true, configurable: true })
  }
}

/** Goes through all pages of a listing, from the one on at which the query begins. */
async function* entries(list, query, options) {
  const signal = heeded(checkedOptions(options, WAIT_OPTIONS).signal)
  let cursor = query?.cursor
  do {
    signal?.throwIfAborted()
    const page = await unlessAborted(list({ ...query, cursor }), signal)
    for (const item of page.items) {
      signal?.throwIfAborted()
      yield item
    }
    cursor = page.next
  } while (cursor !== undefined)
}

/** How many records are read at once. */
const RECORDS = 256

/** Goes through the records from one number on, until there are no more. */
async function* records(journal, fromSeq, options) {
  const signal = heeded(checkedOptions(options, WAIT_OPTIONS).signal)
  let batch
  for (let next = fromSeq; ; next = batch.at(-1).seq + 1) {
    signal?.throwIfAborted()
    batch = await unlessAborted(journal.read(next, RECORDS), signal)
    if (batch.length === 0) return
    for (const record of batch) {
      signal?.throwIfAborted()
      yield record
    }
  }
}

/** Gives the listings, and the journal, iteration over all that there is. */
function extendListings() {
  define(native.Tickets, {
    iter(query, options) {
      return entries((page) => this.list(page), query, options)
    },
  })
  define(native.Orders, {
    iter(buyerId, query, options) {
      return entries((page) => this.list(buyerId, page), query, options)
    },
  })
  define(native.Ledger, {
    iter(actorId, sellerId, query, options) {
      return entries((page) => this.entries(actorId, sellerId, page), query, options)
    },
  })
  define(native.Journal, {
    iter(fromSeq = 1, options) {
      return records(this, fromSeq, options)
    },
  })
}

module.exports = { extendFeeds, extendListings }

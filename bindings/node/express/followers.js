'use strict'
// Followers of the journal: listeners and publishers.

const { mkdir, open, readFile, rename } = require('node:fs/promises')
const { dirname } = require('node:path')

/** A position in the journal, in a file. The file is replaced atomically and is on disk before `save` resolves. */
class FileCursor {
  constructor(file) {
    this.file = file
  }

  async load() {
    let text
    try {
      text = await readFile(this.file, 'utf8')
    } catch (error) {
      if (error.code === 'ENOENT') return 0
      throw error
    }
    // A number alone is what earlier versions kept.
    if (!/^\d+(-[0-9a-f]{16})?\n$/.test(text)) throw new Error(`${this.file} is no cursor`)
    return text.trim()
  }

  async save(seq, cursor = seq) {
    const fresh = `${this.file}.new`
    await mkdir(dirname(this.file), { recursive: true })
    const handle = await open(fresh, 'w')
    try {
      await handle.writeFile(`${cursor}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(fresh, this.file)
    const directory = await open(dirname(this.file), 'r')
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
  }
}

/** Follows the journal from a cursor on. Handles the events of its subject one at a time and retries each until it is done. */
class Follower {
  #feed
  #running
  #stopped = false
  #wake = () => {}

  constructor(office, cursor, { retryAfterMs = 1_000 } = {}) {
    this.office = office
    this.cursor = cursor
    this.retryAfterMs = retryAfterMs
  }

  /** Starts; the promise resolves when the follower has stopped or the box office is closed. */
  listen() {
    this.#running ??= this.#run()
    return this.#running
  }

  /** Stops after the current event. */
  async stop() {
    this.#stopped = true
    this.#feed?.close()
    this.#wake()
    await this.#running
  }

  async #run() {
    const subjects = [this.subject].flat()
    const after = await this.cursor.load()
    if (this.#stopped) return
    this.#feed = this.office.journal.subscribeAfter(String(after))
    for await (const record of this.#feed) {
      if (subjects.includes(record.event) && !(await this.#untilDone(record))) return
      if (this.#stopped) return
    }
  }

  /** Handles a record, with retries; returns `true` if it is done, `false` if the follower was stopped. */
  async #untilDone(record) {
    for (;;) {
      try {
        if (await this.handle(record)) {
          await this.cursor.save(record.seq, record.cursor)
          return true
        }
      } catch (error) {
        this.onError(error, record)
      }
      if (this.#stopped) return false
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, this.retryAfterMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      if (this.#stopped) return false
    }
  }

  /** Receives errors; the event is retried after `retryAfterMs`. */
  onError(error, record) {
    console.error(`${this.constructor.name}: ${record.event} ${record.seq}:`, error)
  }
}

/** Handles each event of its subject: `onMessage(data, message)` calls `message.ack()` once the event is handled. */
class Listener extends Follower {
  #ackWaitMs

  constructor(office, cursor, { ackWaitMs = 5_000, ...options } = {}) {
    super(office, cursor, options)
    this.#ackWaitMs = ackWaitMs
  }

  /** Handles a record; returns `true` if it was acknowledged in time. */
  async handle(record) {
    let ack
    const acknowledged = new Promise((resolve) => (ack = () => resolve(true)))
    let timer
    const late = new Promise((resolve) => (timer = setTimeout(resolve, this.#ackWaitMs, false)))
    try {
      await this.onMessage(record.data, { ...record, ack })
      return await Promise.race([acknowledged, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Publishes each event of its subject: `publish(data, record)` resolves once the event is safely stored. */
class Publisher extends Follower {
  async handle(record) {
    await this.publish(record.data, record)
    return true
  }
}

module.exports = { FileCursor, Listener, Publisher }

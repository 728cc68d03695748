'use strict'
// Cancellation of waits by an `AbortSignal`.

/** Returns the signal, if any; throws its reason if it is already aborted. */
function heeded(signal) {
  if (signal === undefined || signal === null) return undefined
  // Any `AbortSignal`, also of another context.
  if (typeof signal.aborted !== 'boolean' || typeof signal.addEventListener !== 'function') throw new TypeError('a signal is an AbortSignal')
  if (signal.aborted) throw signal.reason
  return signal
}

/** Returns a promise with the outcome of `promise`; it rejects with the signal's reason if the signal is aborted first. */
function unlessAborted(promise, signal) {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    const done = () => signal.removeEventListener('abort', abort)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(
      (value) => {
        done()
        resolve(value)
      },
      (error) => {
        done()
        reject(error)
      },
    )
  })
}

/** Detaches targets from their signals when they are garbage-collected. */
const forgotten = new FinalizationRegistry((release) => release())

/**
 * Calls `end` with the target once the signal is aborted. The signal holds the target weakly, so that it can be garbage-collected.
 * Returns a function that detaches the target from the signal.
 */
function endedBy(signal, target, end) {
  const weak = new WeakRef(target)
  const abort = () => {
    const found = weak.deref()
    if (found !== undefined) end(found)
  }
  const release = () => signal.removeEventListener('abort', abort)
  signal.addEventListener('abort', abort, { once: true })
  forgotten.register(target, release, release)
  return () => {
    release()
    forgotten.unregister(release)
  }
}

module.exports = { endedBy, heeded, unlessAborted }

'use strict'
// Waiting that can be given up, by an `AbortSignal`.

/** The signal of a wait, if there is one; throws its reason if it is aborted already. */
function heeded(signal) {
  if (signal === undefined || signal === null) return undefined
  // Any `AbortSignal`, also of another context.
  if (typeof signal.aborted !== 'boolean' || typeof signal.addEventListener !== 'function') throw new TypeError('a signal is an AbortSignal')
  if (signal.aborted) throw signal.reason
  return signal
}

/** What the promise comes to, unless the signal is aborted before: then its reason. */
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

/** Ends what nobody has ended before, when nobody has it any more. */
const forgotten = new FinalizationRegistry((release) => release())

/**
 * Calls `end` with the target once the signal is aborted. The signal does not keep the target: it is as free to be collected as if
 * there were no signal. Gives the function that has the signal forget the target.
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

'use strict'
// The promises of operations. Each has a slot, which the native module gets with the operation and gives back with its outcome.

const { failing } = require('./errors.js')

/** What resolves the promise of each slot; `undefined` for a slot that has none. */
const waiting = []

/** The slots that have no promise. */
const free = []

/** Takes a slot. */
function taken() {
  return free.length > 0 ? free.pop() : waiting.push(undefined) - 1
}

/** Returns the promise of a slot. */
function promised(slot) {
  return new Promise((resolve) => {
    waiting[slot] = resolve
  })
}

/** Calls an operation of the native module; throws if it is refused at once. Otherwise returns a promise of its value. */
function begun(native, operation, a, b, c, d, e) {
  // Reading the arguments may call getters, which may begin other operations: this slot is not theirs.
  const slot = taken()
  let value
  try {
    value = operation.call(native, slot, a, b, c, d, e)
  } catch (error) {
    free.push(slot)
    throw error
  }
  // Without a value at once, the native module has the slot.
  if (value === undefined || value === null) return promised(slot)
  free.push(slot)
  return Promise.resolve(value)
}

/** Gets outcomes from the native module: slots and values in turn. The slot of a failure is counted from -1 down, and its value a text. */
function deliver(entries) {
  for (let at = 0; at < entries.length; at += 2) {
    const isValue = entries[at] >= 0
    const slot = isValue ? entries[at] : -1 - entries[at]
    const resolve = waiting[slot]
    waiting[slot] = undefined
    free.push(slot)
    resolve(isValue ? entries[at + 1] : failing(entries[at + 1]))
  }
}

module.exports = { begun, deliver }

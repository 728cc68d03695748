'use strict'
// Who acts: a user, or the box office itself, which no value from outside can stand for.

/** Stands for the box office itself. Never leaves this file but in calls of the native module. */
const ITSELF = Symbol('the box office itself')

/** Who acts, as the native module takes it: without an id it is nobody, which is refused. */
function actor(id) {
  return id === ITSELF ? { system: true } : { user: id ?? undefined, system: false }
}

const parts = new WeakMap()

/** A class with these methods of a part of the box office, done in its own name. */
function ofSystem(names) {
  const System = class {
    constructor(part) {
      parts.set(this, part)
    }
  }
  for (const name of names) {
    const value = function (...given) {
      return parts.get(this)[name](ITSELF, ...given)
    }
    Object.defineProperty(System.prototype, name, { value: Object.defineProperty(value, 'name', { value: name }) })
  }
  return System
}

module.exports = { actor, ofSystem }

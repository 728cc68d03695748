'use strict'
// The façade.

const { types } = require('node:util')

const native = require('./native.js')
const { around, directoryOf } = require('./calls.js')
const { rejected, restored } = require('./errors.js')
const { hooks } = require('./gateway.js')
const { CLASSES, CLUSTER_OPTIONS, HANDLES, OFFICE, OPTIONS, SYSTEM, WAIT_OPTIONS } = require('./generated.js')
const { STRIPE_OPTIONS, checkedOptions } = require('./inputs.js')
const { hook } = require('./log.js')
const { deliver } = require('./promises.js')
const { heeded } = require('./signals.js')
const { ofSystem } = require('./system.js')

/** What a box office does itself, and its parts by their names. */
const Office = around(native.Office, CLASSES.Office)
const PARTS = HANDLES.map((name) => {
  const kind = name[0].toUpperCase() + name.slice(1)
  return [name, around(native[kind], CLASSES[kind])]
})

class StripeGateway extends native.StripeGateway {
  constructor(options) {
    checkedOptions(options, STRIPE_OPTIONS)
    try {
      super(options)
    } catch (error) {
      throw restored(error)
    }
  }
}

/** Calls a move of the clock, which may throw and whose promise may be rejected. */
function moved(move) {
  try {
    return move().catch(rejected)
  } catch (error) {
    throw restored(error)
  }
}

class ManualClock extends native.ManualClock {
  constructor(now) {
    try {
      super(now)
    } catch (error) {
      throw restored(error)
    }
  }

  advance(byMs) {
    return moved(() => super.advance(byMs))
  }

  set(now) {
    return moved(() => super.set(now))
  }
}

/** Returns the time of a clock in milliseconds. If the clock fails, emits a warning and returns the reason as text. */
function ask(clock) {
  let said
  try {
    said = clock.now()
  } catch (error) {
    process.emitWarning(`the clock of a box office threw ${error}`)
    return String(error)
  }
  if (types.isDate(said) && said.getTime() >= 0) return said.getTime()
  process.emitWarning('the clock of a box office did not return a valid Date')
  return 'no valid Date'
}

/** Returns the clock as the native module takes it; `undefined` for that of the machine. */
function nativeClock(clock) {
  if (clock === undefined || clock instanceof native.ManualClock) return clock
  if (typeof clock?.now !== 'function') throw new TypeError('a clock has a method now() that returns a Date')
  const start = ask(clock)
  if (typeof start !== 'number') throw new TypeError(`a clock has a method now() that returns a Date: ${start}`)
  const wakes = typeof clock.wakeBy === 'function'
  const host = new native.HostClock(() => ask(clock), start, wakes)
  if (wakes) clock.wakeBy(() => host.wake())
  return host
}

const offices = new WeakMap()

function opened(office) {
  const found = offices.get(office)
  if (found === undefined) throw new TypeError('a BoxOffice is made by BoxOffice.open()')
  return found
}

/** The native box office of a `BoxOffice`. */
function nativeOf(office) {
  return opened(office).native
}

/** What the box office does in its own name, by part. */
const SYSTEM_PARTS = Object.entries(SYSTEM).map(([part, names]) => [part, ofSystem(names)])

/** The part of a box office in an object of a class; `null` if the box office lacks it. */
function inside(Part, part) {
  return part === null ? null : new Part(part)
}

class BoxOffice {
  constructor(office) {
    if (!(office instanceof native.Office)) throw new TypeError('a BoxOffice is made by BoxOffice.open()')
    offices.set(this, { native: office, itself: new Office(office) })
    for (const [name, Part] of PARTS) this[name] = inside(Part, office[name])
  }

  static async open(path, options) {
    const { clock, gateway, logger, ...plain } = checkedOptions(options, OPTIONS)
    const stripe = gateway instanceof native.StripeGateway ? gateway : undefined
    const chosen = gateway === undefined || stripe !== undefined ? plain : { ...plain, gateway: hooks(gateway) }
    const opening = native.Office.open(String(directoryOf(path)), chosen, hook(logger), deliver, nativeClock(clock), stripe)
    return new this(await opening.catch(rejected))
  }

  static async recover(path, visit, options) {
    if (typeof visit !== 'function') throw new TypeError('visit is a function that gets records')
    const signal = heeded(checkedOptions(options, WAIT_OPTIONS).signal)
    let thrown
    const goesOn = async (record) => {
      try {
        signal?.throwIfAborted()
        return (await visit(record)) !== false
      } catch (error) {
        thrown = { error }
        return false
      }
    }
    const recovered = await native.recover(String(directoryOf(path)), goesOn).catch(rejected)
    if (thrown !== undefined) throw thrown.error
    return recovered
  }

  asSystem() {
    return Object.fromEntries(SYSTEM_PARTS.map(([part, System]) => [part, inside(System, this[part])]))
  }
}

for (const name of OFFICE) {
  const value = function (...given) {
    return opened(this).itself[name](...given)
  }
  Object.defineProperty(BoxOffice.prototype, name, { value: Object.defineProperty(value, 'name', { value: name }) })
}

// Node has these symbols since version 18.18. `using` needs Node 24 or a compiler.
BoxOffice.prototype[Symbol.asyncDispose] = function () {
  return this.close()
}
BoxOffice.prototype[Symbol.dispose] = function () {
  this.close().catch((error) => process.emitWarning(`a box office did not close well: ${error}`))
}

/** What `initCluster` takes. */
const INIT_OPTIONS = { __proto__: null, cluster: CLUSTER_OPTIONS, jwtKey: true }

async function initCluster(path, options) {
  const { cluster, jwtKey } = checkedOptions(options, INIT_OPTIONS)
  return native.initCluster(String(directoryOf(path)), cluster, jwtKey).catch(rejected)
}

async function checkGateway(gateway, { chargedToken, declinedToken }) {
  const isStripe = gateway instanceof native.StripeGateway
  const checking = isStripe ? native.checkStripe(gateway, chargedToken, declinedToken) : native.checkGateway(hooks(gateway), chargedToken, declinedToken)
  const faults = await checking
  if (faults.length > 0) throw new Error(`the gateway does not conform:\n${faults.map((fault) => `- ${fault}`).join('\n')}`)
}

module.exports = { BoxOffice, ManualClock, StripeGateway, checkGateway, initCluster, native, nativeOf }

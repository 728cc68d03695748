'use strict'
// What the engine logs, for the application's logger.

const LEVELS = ['error', 'warn', 'info', 'debug']

/** Who hears of failures if nobody else does. */
const USUAL = { error: warned, warn: warned }

function warned(message) {
  process.emitWarning(message, 'BoxOfficeWarning')
}

/** The logger as the native module takes it: a function that never throws. */
function hook(logger = USUAL) {
  if (typeof logger !== 'object' || logger === null) throw new TypeError('a logger is an object with methods error, warn, info and debug')
  for (const level of LEVELS) {
    if (logger[level] !== undefined && typeof logger[level] !== 'function') throw new TypeError(`${level} of a logger is a method`)
  }
  return ({ level, name, text, fields }) => {
    try {
      logger[level]?.(`${name}: ${text}`, Object.fromEntries(fields))
    } catch (error) {
      process.emitWarning(`the logger of a box office threw ${error}`)
    }
  }
}

module.exports = { hook }

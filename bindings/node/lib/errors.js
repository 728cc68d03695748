'use strict'
// Error classes: one for each kind, and their base class.

const { types } = require('node:util')

/** Prefix of the text of a failure of the native module; see `src/errors.rs`. */
const MARK = 'boxoffice:'

/** By what an error is known in every copy of this module: test runners load one in each of their contexts, bundlers one a bundle. */
const KINDS = Symbol.for('boxoffice.kinds')

class BoxOfficeError extends Error {
  static statusCode = 500

  /** Whether the value is of this kind, whichever copy of this module has made it; of classes that extend ours, as ever. */
  static [Symbol.hasInstance](value) {
    if (classes[this.name] !== this) return Function.prototype[Symbol.hasInstance].call(this, value)
    const kinds = typeof value === 'object' && value !== null ? value[KINDS] : undefined
    return Array.isArray(kinds) && kinds.includes(this.name)
  }

  constructor(code, errors, { retryAfterMs, cause } = {}) {
    const faults = errors.map(({ message, field }) => (field === undefined ? { message } : { message, field }))
    super(`${code}: ${faults.map((fault) => fault.message).join('; ')}`, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.code = code
    this.errors = faults
    this.retryAfterMs = retryAfterMs ?? undefined
  }

  get statusCode() {
    return this.constructor.statusCode
  }

  serializeErrors() {
    return this.errors.map((fault) => ({ ...fault }))
  }
}

class ValidationError extends BoxOfficeError {
  static statusCode = 400
}
class UnauthenticatedError extends BoxOfficeError {
  static statusCode = 401
}
class PaymentDeclinedError extends BoxOfficeError {
  static statusCode = 402
}
class ForbiddenError extends BoxOfficeError {
  static statusCode = 403
}
class NotFoundError extends BoxOfficeError {
  static statusCode = 404
}
class ConflictError extends BoxOfficeError {
  static statusCode = 409
}
class PreconditionFailedError extends BoxOfficeError {
  static statusCode = 412
}
class IdempotencyMismatchError extends BoxOfficeError {
  static statusCode = 422
}
class TooManyRequestsError extends BoxOfficeError {
  static statusCode = 429
}
class InternalError extends BoxOfficeError {
  static statusCode = 500
}
class UnavailableError extends BoxOfficeError {
  static statusCode = 503
}
class ClosedError extends UnavailableError {}

const classes = {
  BoxOfficeError,
  ValidationError,
  UnauthenticatedError,
  PaymentDeclinedError,
  ForbiddenError,
  NotFoundError,
  ConflictError,
  PreconditionFailedError,
  IdempotencyMismatchError,
  TooManyRequestsError,
  InternalError,
  UnavailableError,
  ClosedError,
}

for (const kind of Object.values(classes)) {
  const kinds = []
  for (let at = kind; at !== Error; at = Object.getPrototypeOf(at)) kinds.push(at.name)
  Object.defineProperty(kind.prototype, KINDS, { value: Object.freeze(kinds) })
}

/** What standard errors are called, to make those of another context ones of this. */
const STANDARD = { Error, RangeError, SyntaxError, TypeError }

/** An error of another context, such as the one that the native module was loaded in, as one of this. */
function ofThisContext(error) {
  if (error instanceof Error) return error
  const made = new (STANDARD[error.name] ?? Error)(error.message)
  return error.code === undefined ? made : Object.assign(made, { code: error.code })
}

/** The causes, each the cause of the one before; `undefined` if there is none. */
function caused(texts) {
  return texts.reduceRight((cause, text) => new Error(text, cause === undefined ? undefined : { cause }), undefined)
}

/** Creates an error from the text of the native module. Its stack begins with who has called `from`. */
function made(text, from) {
  const { name, code, errors, retryAfterMs, causes } = JSON.parse(text.slice(MARK.length))
  const error = new classes[name](code, errors, { retryAfterMs, cause: caused(causes) })
  Error.captureStackTrace?.(error, from)
  return error
}

/** Converts a rejection of the native module to an error. Returns other values, such as a `TypeError`, unchanged. */
function restored(reason) {
  if (!types.isNativeError(reason)) return reason
  return reason.message.startsWith(MARK) ? made(reason.message, restored) : ofThisContext(reason)
}

/**
 * Fails with the error of a text. Resolve the caller's promise with this at once: the second turn comes after the promise has joined
 * this one, so that the error's stack has the functions that wait for it.
 */
async function failing(text) {
  await undefined
  await undefined
  throw made(text, made)
}

function rejected(reason) {
  throw restored(reason)
}

module.exports = { classes, failing, rejected, restored }

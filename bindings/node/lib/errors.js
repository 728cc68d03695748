'use strict'
// Error classes: one for each kind, and their base class.

/** Prefix of the text of a rejection from the native module; see `src/errors.rs`. */
const MARK = 'boxoffice:'

class BoxOfficeError extends Error {
  static statusCode = 500

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

/** Converts a rejection of the native module to an error. Returns other values, such as a `TypeError`, unchanged. */
function restored(reason) {
  if (!(reason instanceof Error) || !reason.message.startsWith(MARK)) return reason
  const { name, code, errors, retryAfterMs, cause } = JSON.parse(reason.message.slice(MARK.length))
  const error = new classes[name](code, errors, { retryAfterMs, cause: cause === null ? undefined : new Error(cause) })
  Error.captureStackTrace?.(error, restored)
  return error
}

function rejected(reason) {
  throw restored(reason)
}

module.exports = { classes, rejected, restored }

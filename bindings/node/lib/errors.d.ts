import type { ErrorCode } from './codes.js'

/** One entry of an error; `field` is the path of the field at fault, such as `price` or `tickets[2].title`. */
export interface FieldError {
  message: string
  field?: string
}

/**
 * Base class of the errors of all operations. Each subclass is one kind and says what to do next. `code` identifies the exact error;
 * its meaning never changes.
 */
export declare class BoxOfficeError extends Error {
  constructor(code: ErrorCode, errors: FieldError[], options?: { retryAfterMs?: number; cause?: unknown })
  /** Stable code, such as `ticket.locked`. */
  readonly code: ErrorCode
  /** HTTP status of the kind. */
  readonly statusCode: number
  /** Faults, one entry each. */
  readonly errors: FieldError[]
  /** Time to wait before a retry, in milliseconds, if known. */
  readonly retryAfterMs?: number
  /** Returns the `errors` of the common error shape, as in an HTTP response. */
  serializeErrors(): FieldError[]
}

/** A row of the table of codes. */
export interface CodeRow {
  /** Stable code, such as `ticket.locked`. */
  code: ErrorCode
  /** Name of the error class. */
  name: string
  /** HTTP status. */
  statusCode: number
  /** Message of the code. */
  message: string
}

/** Lists every code with the name of its error class, its HTTP status and its message. */
export declare function codes(): CodeRow[]

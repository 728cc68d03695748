import type { ErrorCode } from './codes.js'

/** One thing that is wrong; `field` is the one field at fault, such as `price` or `tickets[2].title`. */
export interface FieldError {
  message: string
  field?: string
}

/**
 * The error of every operation. Each subclass is one kind and tells what to do next; `code` tells exactly what happened, and never
 * changes its meaning.
 */
export declare class BoxOfficeError extends Error {
  constructor(code: ErrorCode, errors: FieldError[], options?: { retryAfterMs?: number; cause?: unknown })
  /** A stable code, such as `ticket.locked`. */
  readonly code: ErrorCode
  /** The HTTP status of the kind. */
  readonly statusCode: number
  /** What is wrong, one entry a fault. */
  readonly errors: FieldError[]
  /** How long to wait before asking again, if that is known. */
  readonly retryAfterMs?: number
  /** The `errors` of the common error shape, as every host shows them. */
  serializeErrors(): FieldError[]
}

/** A row of the table of codes. */
export interface CodeRow {
  /** The code, such as `ticket.locked`. */
  code: ErrorCode
  /** The class of its errors. */
  name: string
  /** Its HTTP status. */
  statusCode: number
  /** Its sentence. */
  message: string
}

/** Every code: what the table of codes looks like from here. */
export declare function codes(): CodeRow[]

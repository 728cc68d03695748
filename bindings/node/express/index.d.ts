import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import type { BoxOffice, FieldError, HttpSettings, User } from '../index.js'

export * from './followers.js'
export * from './subjects.js'

declare global {
  namespace Express {
    interface Request {
      /** The signed-in user, or `null`; set by `currentUser`. */
      currentUser?: User | null
    }
  }
}

/** The ready router. */
export interface BoxOfficeRouter extends RequestHandler {
  /** Forwards unhandled requests to the host, which answers 404 or 405 in the common error shape. */
  notFound: RequestHandler
  /** Ends the open journal streams, so that a stopping server does not wait for them. */
  stop(): void
}
/** Creates a router with every route of the HTTP host, identical to `boxoffice-server`. Use it without a prefix. */
export declare function boxOfficeRouter(office: BoxOffice, settings?: HttpSettings): BoxOfficeRouter
/** Sets `req.currentUser` to the signed-in user, by the `Authorization` header or the session cookie, or to `null`. */
export declare function currentUser(office: BoxOffice): RequestHandler
/** Refuses requests without a signed-in user. Use it after `currentUser`. */
export declare const requireAuth: RequestHandler

/** The common interface of zod, valibot, arktype and others: see https://standardschema.dev. */
export interface Schema {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    validate(value: unknown): SchemaResult | Promise<SchemaResult>
  }
}
export type SchemaResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined }[] }
/** Refuses requests in which `check` finds faults. `check` is a schema for the body, or a function that returns faults. */
export declare function validateRequest(
  check: Schema | ((req: Request) => FieldError[] | undefined | Promise<FieldError[] | undefined>),
): RequestHandler
/** Converts errors to responses in the common error shape. Use it last. */
export declare const errorHandler: ErrorRequestHandler

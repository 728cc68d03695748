import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import type { BoxOffice, FieldError, HttpSettings, User } from '../index.js'

export * from './followers.js'
export * from './subjects.js'

declare global {
  namespace Express {
    interface Request {
      /** Who is signed in, once `currentUser` was here. */
      currentUser?: User | null
    }
  }
}

/** The ready router, and what belongs to it. */
export interface BoxOfficeRouter extends RequestHandler {
  /** Has the host answer whatever nobody else has answered: with 404 or 405 in the common error shape. */
  notFound: RequestHandler
  /** Ends the journal streams that are open, so that a server that stops need not wait for them. */
  stop(): void
}
/** Every route of the HTTP host: the same bodies, headers and errors as the `boxoffice-server`. It wants to be used without a prefix. */
export declare function boxOfficeRouter(office: BoxOffice, settings?: HttpSettings): BoxOfficeRouter
/** Sets `req.currentUser`: who is signed in, by the `Authorization` header or the session cookie, or `null`. */
export declare function currentUser(office: BoxOffice): RequestHandler
/** Lets only those through who are signed in; comes after `currentUser`. */
export declare const requireAuth: RequestHandler

/** What zod, valibot, arktype and others have in common: see https://standardschema.dev. */
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
/** Lets only requests through in which `check` finds no fault: a schema for the body, or a function that returns faults. */
export declare function validateRequest(
  check: Schema | ((req: Request) => FieldError[] | undefined | Promise<FieldError[] | undefined>),
): RequestHandler
/** Answers with the common error shape whatever went wrong; comes last. */
export declare const errorHandler: ErrorRequestHandler

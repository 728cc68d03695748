'use strict'
// Middlewares for the routes of an application: the signed-in user, checked requests, and the common error shape.

const { classes } = require('../lib/errors.js')
const { native } = require('../lib/office.js')
const { sessionTokens } = require('./hosts.js')

const { BoxOfficeError, InternalError, UnauthenticatedError, ValidationError } = classes

function sentence(code) {
  return native.codes().find((row) => row.code === code).message
}

/** Returns the session of a request, or `null`. A browser may send others' cookies of the name too: the first good one counts. */
async function sessionOf(office, req) {
  for (const token of sessionTokens(office, req.rawHeaders)) {
    try {
      return await office.auth.authenticate(token)
    } catch (error) {
      if (!(error instanceof UnauthenticatedError)) throw error
    }
  }
  return null
}

/** Sets `req.currentUser` to the signed-in user, by the `Authorization` header or the session cookie, or to `null`. */
function currentUser(office) {
  return async (req, res, next) => {
    try {
      req.currentUser = null
      const session = await sessionOf(office, req)
      if (session !== null) req.currentUser = await office.auth.currentUser(session)
      next()
    } catch (error) {
      if (error instanceof UnauthenticatedError) next()
      else next(error)
    }
  }
}

/** Refuses requests without a signed-in user. Use it after `currentUser`. */
function requireAuth(req, res, next) {
  if (req.currentUser) next()
  else next(new UnauthenticatedError('auth.required', [{ message: sentence('auth.required') }]))
}

/** Validates the body by a Standard Schema (zod, valibot, arktype, …); returns the faults, or replaces the body by the result. */
async function checkedBySchema(schema, req) {
  const result = await schema['~standard'].validate(req.body)
  if (result.issues === undefined) {
    req.body = result.value
    return []
  }
  return result.issues.map(({ message, path = [] }) => {
    const field = path.map((part) => (typeof part === 'object' ? part.key : part)).join('.')
    return field === '' ? { message } : { message, field }
  })
}

/** Refuses requests in which `check` finds faults. `check` is a schema for the body, or a function that returns faults. */
function validateRequest(check) {
  return async (req, res, next) => {
    try {
      const faults = typeof check === 'function' ? ((await check(req)) ?? []) : await checkedBySchema(check, req)
      if (faults.length > 0) throw new ValidationError('validation', faults)
      next()
    } catch (error) {
      next(error)
    }
  }
}

/** Converts an error of the application to a `BoxOfficeError`. */
function ours(error) {
  if (error instanceof BoxOfficeError) return error
  // Malformed requests, as thrown by body-parser and other middlewares of Express.
  if (error?.expose === true && error.status === 400) return new ValidationError('validation', [{ message: error.message }])
  return new InternalError('internal', [{ message: sentence('internal') }])
}

/** Converts errors to responses in the common error shape. Use it last. */
function errorHandler(error, req, res, next) {
  if (res.headersSent) return next(error)
  const answer = ours(error)
  if (answer instanceof InternalError) console.error(error)
  res.status(answer.statusCode).set('x-error-code', answer.code)
  if (answer.statusCode === 401) res.set('www-authenticate', 'Bearer')
  if (answer.retryAfterMs !== undefined) res.set('retry-after', String(Math.max(1, Math.ceil(answer.retryAfterMs / 1000))))
  res.json({ errors: answer.serializeErrors() })
}

module.exports = { currentUser, errorHandler, requireAuth, validateRequest }

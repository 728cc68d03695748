'use strict'
// What the routes of an application need: who is signed in, checked requests, and the common error shape.

const { classes } = require('../lib/errors.js')
const { native } = require('../lib/office.js')

const { BoxOfficeError, InternalError, UnauthenticatedError, ValidationError } = classes

function sentence(code) {
  return native.codes().find((row) => row.code === code).message
}

/** Sets `req.currentUser`: who is signed in, by the `Authorization` header or the session cookie, or `null`. */
function currentUser(office) {
  return async (req, res, next) => {
    try {
      req.currentUser = null
      const token = native.sessionToken(req.rawHeaders)
      if (token) req.currentUser = await office.auth.currentUser(await office.auth.authenticate(token))
      next()
    } catch (error) {
      if (error instanceof UnauthenticatedError) next()
      else next(error)
    }
  }
}

/** Lets only those through who are signed in; comes after `currentUser`. */
function requireAuth(req, res, next) {
  if (req.currentUser) next()
  else next(new UnauthenticatedError('auth.required', [{ message: sentence('auth.required') }]))
}

/** The faults that a schema of the Standard Schema family (zod, valibot, arktype, …) finds; what it makes of the body replaces it. */
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

/** Lets only requests through in which `check` finds no fault: a schema, or a function that returns faults. */
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

/** What went wrong in the application, as one of ours. */
function ours(error) {
  if (error instanceof BoxOfficeError) return error
  // What body-parser and others of Express throw for requests that are malformed.
  if (error?.expose === true && error.status === 400) return new ValidationError('validation', [{ message: error.message }])
  return new InternalError('internal', [{ message: sentence('internal') }])
}

/** Answers with the common error shape whatever went wrong; comes last. */
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

'use strict'
// The ready router: the HTTP host of this project, called within this process.

const { around } = require('../lib/calls.js')
const { restored } = require('../lib/errors.js')
const { HTTP_SETTINGS, checkedOptions } = require('../lib/inputs.js')
const { native, nativeOf } = require('../lib/office.js')
const { remember } = require('./hosts.js')

const HttpApp = around(native.HttpApp, { stop: { gives: 'value' } })
const HttpResponse = around(native.HttpResponse)

/** The host's application for a box office, and how many bytes of a body it reads. */
function hostOf(office, settings) {
  try {
    const app = new native.HttpApp(nativeOf(office), checkedOptions(settings, HTTP_SETTINGS))
    remember(office, app)
    return { host: new HttpApp(app), bodyLimit: app.bodyLimit }
  } catch (error) {
    throw restored(error)
  }
}

/** Returns a regular expression for the path of each route of the host. */
function knownPaths(metrics) {
  const paths = Object.keys(JSON.parse(native.openapi()).paths).filter((path) => metrics || path !== '/metrics')
  const all = [...paths, '/docs', '/docs/docs.css', '/docs/docs.js']
  return all.map((path) => new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`))
}

/** Paths of inbound webhooks, whose signature covers the bytes of the body. */
const SIGNED = /^\/api\/payments\/webhooks\//

/** Returns the body that a parser of the application has already read; `undefined` if none has. */
function readBefore(req) {
  const { body, rawBody } = req
  // `verify` of a parser can keep the raw body, and some frameworks do.
  if (Buffer.isBuffer(rawBody)) return rawBody
  if (Buffer.isBuffer(body)) return body
  if (typeof body === 'string') return Buffer.from(body)
  if (body === undefined || !req.readableEnded) return undefined
  if (SIGNED.test(req.originalUrl)) {
    throw new Error(
      'a message of a card processor was parsed before the box office could check what is signed: use boxOfficeRouter before ' +
        'express.json(), or keep the bytes with express.json({ verify: (req, res, bytes) => { req.rawBody = bytes } })',
    )
  }
  return Buffer.from(JSON.stringify(body))
}

/** Reads the body, up to the first chunk beyond `limit` bytes. The host refuses longer bodies. */
async function bodyOf(req, limit) {
  const before = readBefore(req)
  if (before !== undefined) return before
  const parts = []
  let length = 0
  for await (const part of req.iterator({ destroyOnReturn: false })) {
    parts.push(part)
    length += part.length
    if (length > limit) break
  }
  return Buffer.concat(parts)
}

function isStream(headers) {
  return headers.some((value, at) => at % 2 === 1 && value.startsWith('text/event-stream') && headers[at - 1] === 'content-type')
}

/** Waits until the socket accepts more data or is closed. */
function writable(res) {
  return new Promise((resolve) => {
    const done = () => {
      res.off('drain', done)
      res.off('close', done)
      resolve()
    }
    res.on('drain', done)
    res.on('close', done)
  })
}

/** Begins the answer. Names that come several times, such as `set-cookie`, are sent so, whatever the application has set before. */
function begin(res, status, headers) {
  const values = new Map()
  for (let at = 0; at < headers.length; at += 2) values.set(headers[at], [...(values.get(headers[at]) ?? []), headers[at + 1]])
  for (const [name, all] of values) res.setHeader(name, all.length === 1 ? all[0] : all)
  res.writeHead(status)
}

async function stream(answer, res) {
  const body = new HttpResponse(answer)
  res.on('close', () => body.end().catch(() => {}))
  begin(res, answer.status, answer.headers)
  res.flushHeaders()
  for (let part = await body.chunk(); part !== null && !res.closed; part = await body.chunk()) {
    if (!res.write(part)) await writable(res)
  }
  res.end()
}

async function whole(answer, req, res) {
  const [parts, response] = [[], new HttpResponse(answer)]
  for (let part = await response.chunk(); part !== null; part = await response.chunk()) parts.push(part)
  const body = Buffer.concat(parts)
  const headers = answer.headers
  const bodiless = req.method === 'HEAD' || answer.status === 204 || answer.status === 304
  if (!bodiless && !headers.includes('content-length')) headers.push('content-length', String(body.length))
  begin(res, answer.status, headers)
  res.end(bodiless ? undefined : body)
}

/** Every route of the HTTP host's API. It wants to be used without a prefix. */
function boxOfficeRouter(office, settings) {
  const { bodyLimit, host } = hostOf(office, settings)
  const known = knownPaths(settings?.metrics === true)

  async function forward(req, res) {
    const body = await bodyOf(req, bodyLimit)
    const answer = await host.handle(req.method, req.originalUrl, req.rawHeaders, body, req.socket.remoteAddress)
    res.removeHeader('X-Powered-By')
    await (isStream(answer.headers) ? stream(answer, res) : whole(answer, req, res))
  }

  function router(req, res, next) {
    const [path] = req.originalUrl.split('?', 1)
    if (known.some((expression) => expression.test(path))) forward(req, res).catch(next)
    else next()
  }
  router.notFound = (req, res, next) => void forward(req, res).catch(next)
  router.stop = () => host.stop()
  return router
}

module.exports = { boxOfficeRouter }

'use strict'
// The hosts of each box office: which session cookie counts depends on the public address of its router.

const { native } = require('../lib/office.js')

const HOSTS = new WeakMap()

/** Remembers a native host of a box office for as long as its router is there. */
function remember(office, host) {
  HOSTS.set(office, [...hostsOf(office).map((known) => new WeakRef(known)), new WeakRef(host)])
}

function hostsOf(office) {
  return (HOSTS.get(office) ?? []).map((host) => host.deref()).filter((host) => host !== undefined)
}

/** Returns the session tokens of a request that count at every host of the box office, without checking them. */
function sessionTokens(office, rawHeaders) {
  const others = hostsOf(office).map((host) => host.sessionTokens(rawHeaders))
  return native.sessionTokens(rawHeaders).filter((token) => others.every((tokens) => tokens.includes(token)))
}

module.exports = { remember, sessionTokens }

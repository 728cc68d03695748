// Checks codes of tickets offline: by the public keys of a show, its list of dead tickets, and the code itself.

import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const vectors = JSON.parse(readFileSync(new URL('../../core/ticket/vectors/vectors.json', import.meta.url), 'utf8'))
const keys = new Map(vectors.keys.map((key) => [key.id, key]))

function base45(text) {
  const bytes = []
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((character) => ALPHABET.indexOf(character))
    const value = digits.reduceRight((value, digit) => value * 45 + digit, 0)
    if (digits.length < 2 || digits.includes(-1) || value >= 256 ** (digits.length - 1)) return undefined
    if (digits.length === 3) bytes.push(value >> 8)
    bytes.push(value & 255)
  }
  return Buffer.from(bytes)
}

function hasSigned(key, domain, signed) {
  const x = Buffer.from(keys.get(key).public, 'hex').toString('base64url')
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  const message = Buffer.concat([Buffer.from(domain), signed.subarray(0, -64)])
  return verify(null, message, publicKey, signed.subarray(-64))
}

// The number of the list, and of each ticket in it the lowest generation that admits.
function readList(data) {
  const isOurs = data[0] === 2 && data.toString('hex', 3, 11) === vectors.show
  if (!isOurs || !hasSigned(data.readUInt16BE(1), 'boxoffice ticket list\n', data)) throw new Error('the list is not of this show')
  const bits = [...data.subarray(24, -64)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const parameter = data[23]
  let place = 0
  const run = (of) => {
    const start = place
    while (bits[place++] === of);
    return place - start - 1
  }
  const last = (length) => Number.parseInt(`0${bits.slice(place, (place += length))}`, 2)
  const dead = new Map()
  let ticket = -1
  for (let count = data.readUInt32BE(19); count > 0; count--) {
    ticket += 1 + run('1') * 2 ** parameter + last(parameter)
    const digits = run('0')
    dead.set(ticket, 2 ** digits + last(digits))
  }
  return { number: data.readUInt32BE(11), dead }
}

function verdict(text, at, dead) {
  const code = base45(text)
  if (code?.length > 0 && code[0] !== 1) return 'code.format_unknown'
  if (code?.length !== 91) return 'code.malformed'
  const [notBefore, notAfter] = [code.readUInt32BE(19), code.readUInt32BE(23)]
  if (notBefore >= notAfter) return 'code.malformed'
  if (code.toString('hex', 3, 11) !== vectors.show) return 'code.show_wrong'
  const key = keys.get(code.readUInt16BE(1))
  if (key === undefined) return 'code.key_unknown'
  if (!hasSigned(key.id, 'boxoffice ticket code\n', code)) return 'code.signature_wrong'
  if (code.readUInt16BE(15) < (dead.get(code.readUInt32BE(11)) ?? 0)) return 'code.dead'
  if (at < notBefore) return 'code.too_early'
  if (at >= notAfter) return 'code.too_late'
  return key.not_before <= at && at < key.not_after ? 'admitted' : 'code.key_not_valid'
}

const { number, dead } = readList(Buffer.from(vectors.list.bytes, 'hex'))
console.log(`Show ${vectors.show}: keys ${[...keys.keys()].join(' ')}, list ${number} with ${dead.size} dead tickets.`)
let expected = 0
for (const code of vectors.codes) {
  const found = verdict(code.text, code.at, dead)
  console.log(`${found.padEnd(22)}${code.name}`)
  if (found === code.verdict) expected += 1
}
console.log(`${vectors.codes.length} codes, ${expected} as expected.`)
if (expected !== vectors.codes.length) throw new Error('a verdict is not the expected one')

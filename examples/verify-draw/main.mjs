// Verifies a published draw without boxoffice. README.md says what is checked.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

import { bls12_381 } from '@noble/curves/bls12-381.js'
import { blake3 } from '@noble/hashes/blake3.js'

const KEY =
  '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451' +
  '0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a'

// Each value has one text: Buffer.from would stop at what is no digit, and say nothing.
const FORM = /^([0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/
const isPlain = (it) =>
  typeof it === 'string' ? FORM.test(it) : typeof it === 'object' || (Number.isSafeInteger(it) && it >= 0)

const hex = (text) => Buffer.from(text.replaceAll('-', ''), 'hex')
const bytes = (number) => hex(number.toString(16).padStart(16, '0'))
const digest = (name, ...parts) => {
  const text = Buffer.concat([Buffer.from(`boxoffice draw 1 ${name}\0`), ...parts])
  return Buffer.from(blake3(text)).toString('hex')
}

function top(list) {
  if (list.length < 2) return digest('leaf', ...list.map(hex))
  const left = 2 ** (31 - Math.clz32(list.length - 1))
  return digest('node', hex(top(list.slice(0, left))), hex(top(list.slice(left))))
}

function hasSigned(number, signature) {
  const message = createHash('sha256').update(bytes(number)).digest()
  const point = bls12_381.shortSignatures.hash(message, 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_')
  return signature.length === 48 && bls12_381.shortSignatures.verify(signature, point, hex(KEY))
}

const text = readFileSync(process.argv[2] ?? new URL('draw.json', import.meta.url), 'utf8')
const { format, head, order } = JSON.parse(text, (_, it) => (isPlain(it) ? it : assert.fail('refused: format')))
const { show, openedAt, source, namedAt, closedAt, count, root } = head.commitment
const { quicknet, seed } = source
const revealed = hex(quicknet ? head.revealed.signature : head.revealed.seed)
const sealed = quicknet ? digest('quicknet', bytes(quicknet)) : digest('sealed', hex(seed))
const terms = [hex(show), bytes(openedAt), hex(sealed), bytes(namedAt), bytes(closedAt), hex(root)]
const commitment = digest('commitment', ...terms)
const chance = digest('chance', hex(commitment), revealed)
const places = order.map((entry) => digest('place', hex(chance), hex(show), hex(entry)))
assert(format === 1 && count > 0 && count === order.length && count === new Set(order).size, 'refused: format')
assert(digest('root', bytes(count), hex(top([...order].sort()))) === root, 'refused: entries')
assert(Math.max(openedAt, namedAt) <= closedAt, 'refused: times')
assert(quicknet ? closedAt < 1_692_803_334 + 3 * quicknet : namedAt <= openedAt, 'refused: times')
assert(chance === head.chance && places.every((place, at) => at === 0 || places[at - 1] < place), 'refused: chance')
assert(digest('order', bytes(count), hex(top(order))) === head.orderRoot, 'refused: order')
assert(quicknet ? hasSigned(quicknet, revealed) : digest('seed', revealed) === seed, 'refused: source')
console.log(`${count} places follow from commitment ${commitment} and ${JSON.stringify(source)}`)

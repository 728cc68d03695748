// A folder for a test, with a NATS server of its own and programs that run meanwhile.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** Names the program `nats-server`. */
const PROGRAM = 'BOXOFFICE_NATS_SERVER'

/** A key that the servers know, from the documentation of NATS: what they know, and its secret. */
export const KEY = {
  nkey: 'UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4',
  seed: 'SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY',
}

/** Time that anything may take here, in milliseconds. */
const LONG = 120_000

/** Waits until `look` gives something; returns that. What it throws counts as nothing yet; `what` tells more of a failure. */
export async function until(look, what) {
  const end = Date.now() + LONG
  for (;;) {
    let reason
    try {
      const found = await look()
      if (found) return found
    } catch (error) {
      reason = error
    }
    if (Date.now() > end) throw new Error(`it has not come to it: ${what()}`, { cause: reason })
    await pause(20)
  }
}

/** Ports that were free just now. */
export async function freePorts(count) {
  const listeners = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(listeners.map((listener) => once(listener, 'listening')))
  const ports = listeners.map((listener) => listener.address().port)
  await Promise.all(listeners.map((listener) => new Promise((resolve) => listener.close(resolve))))
  return ports
}

/** What a test has; the end of the test ends it, the last first. */
export class Workshop {
  #ends = []

  constructor(t) {
    this.path = mkdtempSync(join(tmpdir(), 'boxoffice-test-'))
    this.atEnd(() => rmSync(this.path, { recursive: true, force: true }))
    t.after(async () => {
      for (const end of this.#ends.reverse()) await end()
    })
  }

  atEnd(end) {
    this.#ends.push(end)
  }

  /** Starts a program in the folder. What it prints goes to a file, which `log` returns. */
  start(name, command, given, env = {}) {
    const file = join(this.path, `${name}.log`)
    const out = openSync(file, 'a')
    const child = spawn(command, given, { cwd: this.path, env: { ...process.env, ...env }, stdio: ['ignore', out, out] })
    const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
    this.atEnd(async () => {
      child.kill('SIGKILL')
      await ended
    })
    return { child, ended, log: () => readFileSync(file, 'utf8') }
  }

  /** Starts a server with JetStream; returns its address, without and with who may sign in there. */
  async natsServer() {
    const program = process.env[PROGRAM]
    assert.ok(program, `${PROGRAM} does not name the program nats-server; cargo xtask test --only node installs it`)
    const [port, monitoring] = await freePorts(2)
    const [user, password] = ['shop', 'secret']
    const config = join(this.path, 'nats.conf')
    const store = JSON.stringify(join(this.path, 'jetstream'))
    writeFileSync(
      config,
      `server_name: nats-0\nlisten: 127.0.0.1:${port}\nhttp: 127.0.0.1:${monitoring}\n` +
        `jetstream { store_dir: ${store}, sync_interval: always, max_mem: 256MB, max_file: 8GB }\n` +
        'system_account: SYS\naccounts {\n  SYS { users: [{ user: sys, password: sys }] }\n' +
        `  ${user} { jetstream: enabled, users: [{ user: ${user}, password: ${password} }, { nkey: ${KEY.nkey} }] }\n}\n`,
    )
    const { log } = this.start('nats', program, ['-c', config])
    await until(async () => (await fetch(`http://127.0.0.1:${monitoring}/healthz`)).ok, log)
    return { address: `nats://127.0.0.1:${port}`, url: `nats://${user}:${password}@127.0.0.1:${port}`, user, password }
  }
}

// The Express example as the program that the HTTP tests talk to: see host-server/tests/it/harness/outside.rs for the protocol.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'

import { BoxOffice, ManualClock } from 'boxoffice'

// Both were copied beside an installed package.
const { createApp } = await import('../examples/express/main.mjs')

const { values } = parseArgs({ options: { data: { type: 'string' } } })
const settings = JSON.parse(process.env.BOXOFFICE_TEST_SETTINGS)
const clock = settings.now === null ? undefined : new ManualClock(settings.now)
const office = await BoxOffice.open(values.data, {
  answerPaymentWithinMs: settings.answerPaymentWithinMs,
  ...(clock === undefined ? {} : { clock }),
  ...(settings.fees === null ? {} : { fees: settings.fees }),
})
const { publicUrl, corsOrigins, rateLimit, feedsMax } = settings
const { app, stop } = createApp(office, { pages: true, metrics: true, corsOrigins, rateLimit, feedsMax, ...(publicUrl === null ? {} : { publicUrl }) })
const server = createServer(app).listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`listening on http://127.0.0.1:${server.address().port}`)

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line)
  if (command.advanceMs !== undefined) clock.advance(command.advanceMs)
  else if (command.operator !== undefined) await office.auth.setOperator(...command.operator)
  else if (command.close === true) await office.close()
  else throw new Error(`no such command: ${line}`)
  console.log('ok')
}
stop()
server.close()
server.closeAllConnections()
await office.close()

// A small Express application: the whole box office over HTTP from the ready router, and one additional page.

import { pathToFileURL } from 'node:url'

import { BoxOffice } from 'boxoffice'
import { boxOfficeRouter, currentUser, errorHandler, requireAuth } from 'boxoffice/express'
import express from 'express'

/** Creates the application of an open box office. */
export function createApp(office, settings) {
  const app = express()
  const router = boxOfficeRouter(office, settings)
  app.use(router)

  // The account of the signed-in user: a route of this application, in addition to those of the router.
  app.get('/my/summary', currentUser(office), requireAuth, async (req, res) => {
    const { id, email } = req.currentUser
    const orders = await office.orders.list(id)
    const tickets = await office.tickets.list({ seller: id, status: 'all' })
    res.json({ email, orders: orders.items.length, listed: tickets.items.length })
  })

  app.use(router.notFound)
  app.use(errorHandler)
  return { app, stop: () => router.stop() }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const office = await BoxOffice.open(process.env.BOXOFFICE_DATA ?? 'boxoffice-data')
  const { app, stop } = createApp(office)
  const server = app.listen(3000, () => console.log('listening on http://127.0.0.1:3000'))
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      stop()
      server.close(() => office.close())
      server.closeIdleConnections()
    })
  }
}

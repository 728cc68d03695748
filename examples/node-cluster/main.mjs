// Four workers of `node:cluster` that share one box office: each has a data directory of its own, and a journal on NATS in common.

import cluster from 'node:cluster'
import { join } from 'node:path'

import { BoxOffice, initCluster } from 'boxoffice'
import { boxOfficeRouter, errorHandler } from 'boxoffice/express'
import express from 'express'

const WORKERS = 4

/** Pause before a worker that has ended gets a successor, in milliseconds. */
const PAUSE = 1_000

const DATA = process.env.BOXOFFICE_DATA ?? 'boxoffice-data'
const SERVERS = (process.env.BOXOFFICE_CLUSTER ?? 'nats://127.0.0.1:4222').split(',')

/** The directory of a worker's copy of the journal. */
const directory = (worker) => join(DATA, worker)

/** What a worker opens its box office with. */
function options(worker) {
  // One server, for a try: it loses sales with its power.
  const forTests = process.env.BOXOFFICE_CLUSTER_TEST === '1' ? { replicas: 1, testServers: true } : {}
  return {
    cluster: { servers: SERVERS, hostName: `worker-${worker}`, ...forTests },
    jwtKey: Buffer.from(process.env.JWT_KEY ?? ''),
  }
}

/** Starts the workers. One that comes in place of another has the other's number, and so its directory. */
function lead() {
  let stopping = false
  const start = (worker) => {
    if (stopping) return
    cluster.fork({ BOXOFFICE_WORKER: worker }).once('exit', () => setTimeout(start, stopping ? 0 : PAUSE, worker))
  }
  for (let worker = 0; worker < WORKERS; worker += 1) start(String(worker))
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      stopping = true
      for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM')
    })
  }
}

/** Creates the application of a worker: the API of the box office, and what the worker is in the cluster. */
function createApp(office, worker) {
  const app = express()
  const router = boxOfficeRouter(office)
  app.use((req, res, next) => {
    res.set('x-worker', worker)
    next()
  })
  app.get('/worker', async (req, res) => {
    const { state, message, unready = null, hosts } = await office.cluster.status()
    const voters = hosts.filter(({ voter }) => voter).length
    res.json({ worker, pid: process.pid, state, message, unready, voters, records: await office.journal.head() })
  })
  app.use(router, router.notFound, errorHandler)
  return { app, stop: () => router.stop() }
}

async function serve(worker) {
  const office = await BoxOffice.open(directory(worker), options(worker))
  const { app, stop } = createApp(office, worker)
  const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`worker ${worker} listens`))
  process.on('SIGINT', () => {}) // The first process passes on that all are to end.
  process.once('SIGTERM', () => {
    stop()
    server.close(async () => {
      await office.close()
      process.exit()
    })
    server.closeIdleConnections()
  })
}

if (process.argv[2] === 'init') {
  console.log(`made ${await initCluster(directory('0'), options('0'))}`)
} else if (cluster.isPrimary) {
  lead()
} else {
  await serve(process.env.BOXOFFICE_WORKER)
}

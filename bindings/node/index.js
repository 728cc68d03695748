'use strict'

const { classes } = require('./lib/errors.js')
const { WebhookRefused } = require('./lib/webhooks.js')
const { BoxOffice, ManualClock, StripeGateway, checkGateway, initCluster, native } = require('./lib/office.js')

module.exports = {
  ...classes,
  BoxOffice,
  ManualClock,
  WebhookRefused,
  StripeGateway,
  checkGateway,
  initCluster,
  codes: native.codes,
}

'use strict'

const { classes } = require('./lib/errors.js')
const { NoticeRefused } = require('./lib/notices.js')
const { BoxOffice, StripeGateway, checkGateway, native } = require('./lib/office.js')

module.exports = {
  ...classes,
  BoxOffice,
  ManualClock: native.ManualClock,
  NoticeRefused,
  StripeGateway,
  checkGateway,
  codes: native.codes,
}

'use strict'

const { classes } = require('./lib/errors.js')
const { BoxOffice, checkGateway, native } = require('./lib/office.js')

module.exports = { ...classes, BoxOffice, checkGateway, ManualClock: native.ManualClock, codes: native.codes }

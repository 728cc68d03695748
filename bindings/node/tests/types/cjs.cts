// The same from CommonJS.

import boxoffice = require('boxoffice')
import express = require('boxoffice/express')

export const open: Promise<boxoffice.BoxOffice> = boxoffice.BoxOffice.open('data')
export const subject: express.Subjects = express.Subjects.OrderExpired

'use strict'

module.exports = { ...require('./router.js'), ...require('./middlewares.js'), ...require('./events.js') }

'use strict'

module.exports = { ...require('./router.js'), ...require('./middlewares.js'), ...require('./followers.js'), ...require('./subjects.js') }

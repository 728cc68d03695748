// Nothing is to be translated.
module.exports = { transform: {} }

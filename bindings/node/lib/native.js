'use strict'
// The native module, from the package of this platform.

/** The platforms that have a package. */
const PLATFORMS = ['linux x64 (glibc)', 'linux arm64 (glibc)', 'darwin x64', 'darwin arm64']

/** What this is, in the words of the list. */
function here() {
  const name = `${process.platform} ${process.arch}`
  if (process.platform !== 'linux') return name
  return `${name} (${process.report?.getReport().header.glibcVersionRuntime === undefined ? 'no glibc' : 'glibc'})`
}

function loaded() {
  try {
    return require('../native.js')
  } catch (cause) {
    const fits = PLATFORMS.includes(here())
    const advice = fits
      ? 'its package is missing: install without --omit=optional (or --no-optional), and on the platform on which it runs'
      : `there are packages for ${PLATFORMS.join(', ')}`
    throw new Error(`boxoffice has no native module for ${here()}: ${advice}`, { cause })
  }
}

module.exports = loaded()

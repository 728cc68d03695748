// Makes the package of a module that cargo has compiled already, as `napi build` does after it has compiled one.
//
// `napi build` always names its target, and what cargo compiles for a named target it shares with nothing else: the tests would
// compile every dependency once more. What is published is built by `napi build`.

import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { generateTypeDef, parseTriple, readNapiConfig, writeJsBinding } from '@napi-rs/cli'

const { values } = parseArgs({
  options: { module: { type: 'string' }, types: { type: 'string' }, triple: { type: 'string' } },
})
const cwd = fileURLToPath(new URL('..', import.meta.url))
const { binaryName, packageName, packageJson } = await readNapiConfig(join(cwd, 'package.json'))
const { platformArchABI } = parseTriple(values.triple)

const { exports, dts } = await generateTypeDef({ typeDefDir: values.types, cwd, declareBindingTarget: true })
await writeFile(join(cwd, 'native.d.ts'), dts)
await writeJsBinding({
  platform: true,
  idents: exports,
  jsBinding: 'native.js',
  binaryName,
  packageName,
  version: packageJson.version,
  outputDir: cwd,
})
await copyFile(values.module, join(cwd, `${binaryName}.${platformArchABI}.node`))

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'

const { resolve } = createRequire(import.meta.url)
const packages = [
  '@latchkey/core',
  '@latchkey/api-key',
  '@latchkey/basic',
  '@latchkey/aws-sigv4',
  '@latchkey/digest',
  '@latchkey/jwt',
  '@latchkey/oauth1',
  '@latchkey/oauth2',
  'ky',
  '@octokit/core',
  'openid-client',
  'aws4',
  '@smithy/signature-v4',
  'aws4fetch',
  'oauth-1.0a',
  'digest-fetch',
  'fast-jwt',
  'jose',
  'jsonwebtoken',
  'esbuild',
]

const versionOf = (name) => {
  const file = resolve
    .paths(name)
    .map((folder) => join(folder, name, 'package.json'))
    .find(existsSync)
  return JSON.parse(readFileSync(file, 'utf8')).version
}

/** Where and with what it was measured. */
export const machine = () => ({
  date: new Date().toISOString(),
  system: `${type()} ${release()} ${process.arch}`,
  cpu: `${cpus()[0]?.model.trim() ?? 'unknown'} (${availableParallelism()} to be used)`,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  load: loadavg()
    .map((value) => value.toFixed(2))
    .join(' '),
  versions: {
    node: process.version.slice(1),
    ...Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  },
})

// npm run bench [-- --quick] [--json] [--files]: what signing in costs, measured on the built packages.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    files: { type: 'boolean', default: false },
  },
})

// Users get what is in dist, so that is what is measured: built anew, its own output kept off ours.
const scope = [
  'api-key',
  'aws-sigv4',
  'basic',
  'digest',
  'jwt',
  'oauth1',
  'oauth2',
  'store-postgres',
].flatMap((name) => ['--scope', `@latchkey/${name}`])
const built = spawnSync(
  'npx',
  ['lerna', 'run', 'build', ...scope, '--include-dependencies', '--loglevel', 'error'],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 2, 2],
  },
)
if (built.status !== 0) process.exit(1)

const [
  { machine },
  { stampede },
  { digesting, signing },
  { loopback, memory },
  { stores },
  { importTimes, programs, sizeOf },
  { print },
] = await Promise.all([
  import('./src/machine.mjs'),
  import('./src/oauth.mjs'),
  import('./src/signing.mjs'),
  import('./src/speed.mjs'),
  import('./src/stores.mjs'),
  import('./src/weight.mjs'),
  import('./src/print.mjs'),
])

// Blocks of fifty requests and more: fetch's own code is part of every block and always warm in the processor's caches,
// and a client's own must be as warm as it is in a program that uses no other.
const size = values.quick
  ? {
      loopback: { rounds: 2, requests: 5 },
      memory: { rounds: 2, requests: 5 },
      signing: { rounds: 2, requests: 5 },
      imports: 1,
      stores: { rows: 1_000, processes: 2, seconds: 1, times: 3, held: 100 },
    }
  : {
      loopback: { rounds: 240, requests: 50 },
      memory: { rounds: 300, requests: 100 },
      signing: { rounds: 200, requests: 200 },
      imports: 21,
      stores: { rows: 1_000_000, processes: 8, seconds: 15, times: 200, held: 20_000 },
    }

const sizes = {}
for (const [name, program] of Object.entries(programs)) sizes[name] = await sizeOf(program)
const results = {
  quick: values.quick,
  machine: machine(),
  size,
  memory: await memory(size.memory),
  loopback: await loopback(size.loopback),
  signing: await signing(size.signing),
  digest: await digesting(size.loopback),
  stampede: await stampede(1000),
  stores: await stores(size.stores),
  imports: importTimes(size.imports),
  sizes,
}
console.log(values.json ? JSON.stringify(results, null, 2) : print(results, { withFiles: values.files }))

// npm run faults [-- --profile short|long] [--store sqlite,postgres,redis] [--scenario calm,killed,…] [--seconds N]
// [--connections N] [--processes N] [--json] [--write]: what is lost when processes die, and why.
import { parseArgs } from 'node:util'
import { crashPoints } from './src/crash-points.mjs'
import { places } from './src/places.mjs'
import { line, write } from './src/report.mjs'
import { rekey } from './src/rekey.mjs'
import { run } from './src/run.mjs'
import { scenarios } from './src/scenarios.mjs'
import { stampede } from './src/stampede.mjs'

const { values } = parseArgs({
  options: {
    profile: { type: 'string', default: 'short' },
    store: { type: 'string', default: 'sqlite,postgres,redis' },
    scenario: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string' },
    processes: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})

// The short profile has no scenario whose losses must be explained to the second: a busy machine is no proof of anything.
const profiles = {
  short: {
    scenarios: ['calm', 'killed-grace', 'outages', 'drained', 'stampede', 'crash-points', 'new-key'],
    seconds: 8,
    connections: 60,
    processes: 4,
    runs: 1,
    callers: 200,
    rows: 500,
  },
  long: {
    scenarios: [...Object.keys(scenarios), 'stampede', 'crash-points', 'crash-points-grace', 'new-key'],
    seconds: 60,
    connections: 200,
    processes: 8,
    runs: 200,
    callers: 1000,
    rows: 10_000,
  },
}
const profile = profiles[values.profile]
if (profile === undefined) throw new Error(`--profile is short or long, not ${values.profile}`)
const size = {
  ...profile,
  ...(values.seconds !== undefined && { seconds: Number(values.seconds) }),
  ...(values.connections !== undefined && { connections: Number(values.connections) }),
  ...(values.processes !== undefined && { processes: Number(values.processes) }),
}
const names = values.scenario?.split(',') ?? size.scenarios

const special = {
  stampede: (place) => stampede({ ...size, place }),
  'crash-points': (place) => crashPoints({ ...size, place }),
  'crash-points-grace': (place) => crashPoints({ ...size, place, graceMs: 30_000 }),
  'new-key': (place) => rekey({ ...size, place, connections: 50 }),
}

const one = async (kind, name) => {
  const place = await places[kind]()
  try {
    if (special[name] !== undefined) return await special[name](place)
    const scenario = scenarios[name]
    if (scenario === undefined) throw new Error(`there is no scenario ${name}`)
    const result = await run({ ...size, scenario, place })
    return { ...result, law: scenario.law, title: scenario.title, held: scenario.must(result) }
  } finally {
    await place.stop()
  }
}

const results = []
const all = async (kind) => {
  for (const name of names) {
    const result = await one(kind, name)
    results.push(result)
    if (!values.json) console.log(line(result))
  }
}
const kinds = values.store.split(',')
// Mostly it is waited: for leases to end. The long profile takes one store at a time, so that its figures are figures.
if (values.profile === 'short') await Promise.all(kinds.map(all))
else for (const kind of kinds) await all(kind)
if (values.json) console.log(JSON.stringify(results, null, 2))
if (values.write) await write(results, { command: process.argv.slice(2).join(' ') })
const broken = results.filter(({ held }) => !held)
for (const result of broken) console.error(`BROKEN: ${JSON.stringify(result)}`)
if (broken.length > 0) process.exitCode = 1
process.exit()

// npm run faults [-- --profile short|long] [--store sqlite,postgres,redis] [--scenario calm,killed,…] [--seconds N]
// [--connections N] [--processes N] [--json] [--keep FILE] [--write]: what is lost when processes die, and why.
// With --keep the results are added to those in the file, and --write makes its page of all of them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
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
    keep: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})

// The short profile is gentle, and has no scenario whose losses must be explained to the second: it runs on machines that
// have other work, and a process that waits for a processor is as good as dead to everybody else.
const profiles = {
  short: {
    scenarios: ['calm', 'killed-grace', 'outages', 'drained', 'stampede', 'crash-points', 'new-key'],
    seconds: 10,
    connections: 30,
    processes: 3,
    callers: 200,
    runs: 1,
    rows: 300,
    gentle: { slow: false, killMs: 2000, drainMs: 1500, outageMs: 4000, callers: 6, pauseMs: 120 },
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
const names = (values.scenario?.split(',') ?? size.scenarios).filter((name) => name !== 'none')

const results = []

const special = {
  stampede: (place) => stampede({ ...size, place }),
  'crash-points': (place) => crashPoints({ ...size, place }),
  'crash-points-grace': (place) => crashPoints({ ...size, place, graceMs: 30_000 }),
  'new-key': (place) => rekey({ ...size, place, connections: 50 }),
}

/** Long runs say on a terminal what they are at. */
const progress = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}

const one = async (kind, name) => {
  const place = await places[kind]()
  const started = Date.now()
  const told = setInterval(() => {
    progress(`${kind} ${name}: ${Math.round((Date.now() - started) / 1000)} s, ${results.length} runs done`)
  }, 1000)
  try {
    if (special[name] !== undefined) return await special[name](place)
    const scenario = scenarios[name]
    if (scenario === undefined) throw new Error(`there is no scenario ${name}`)
    const gentle = Object.entries(size.gentle ?? {}).filter(
      ([name]) => !name.endsWith('Ms') || name === 'pauseMs' || name in scenario,
    )
    const result = await run({ ...size, scenario: { ...scenario, ...Object.fromEntries(gentle) }, place })
    return { ...result, law: scenario.law, title: scenario.title, held: scenario.must(result) }
  } finally {
    clearInterval(told)
    progress('')
    await place.stop()
  }
}

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
const kept =
  values.keep === undefined || !existsSync(values.keep) ? [] : JSON.parse(readFileSync(values.keep, 'utf8'))
const command = process.argv
  .slice(2)
  .filter((word, n, all) => word !== '--keep' && all[n - 1] !== '--keep' && word !== '--write')
  .join(' ')
const runs = [...kept, { command, results }]
if (values.keep !== undefined) writeFileSync(values.keep, JSON.stringify(runs, null, 2))
if (values.write) await write(runs)
const broken = results.filter(({ held }) => !held)
for (const result of broken) console.error(`BROKEN: ${JSON.stringify(result)}`)
if (broken.length > 0) process.exitCode = 1
process.exit()

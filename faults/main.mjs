// npm run faults [-- --profile short|long] [--store sqlite,postgres,redis] [--scenario calm,killed,…] [--seconds N]
// [--connections N] [--processes N] [--json]: what is lost when processes die, and why.
import { parseArgs } from 'node:util'
import { places } from './src/places.mjs'
import { run } from './src/run.mjs'
import { scenarios } from './src/scenarios.mjs'

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite,postgres,redis' },
    scenario: { type: 'string', default: Object.keys(scenarios).join(',') },
    seconds: { type: 'string', default: '60' },
    connections: { type: 'string', default: '200' },
    processes: { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
  },
})

const results = []
for (const kind of values.store.split(',')) {
  for (const name of values.scenario.split(',')) {
    const place = await places[kind]()
    try {
      const scenario = scenarios[name]
      if (scenario === undefined) throw new Error(`there is no scenario ${name}`)
      const result = await run({
        scenario,
        place,
        connections: Number(values.connections),
        processes: Number(values.processes),
        seconds: Number(values.seconds),
      })
      const held = scenario.must(result)
      results.push({ ...result, law: scenario.law, held })
      if (!values.json) console.log(JSON.stringify({ ...result, held }))
    } finally {
      await place.stop()
    }
  }
}
if (values.json) console.log(JSON.stringify(results, null, 2))
if (results.some(({ held }) => !held)) process.exitCode = 1

// Drives the real command through every case and checks what it does.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApi } from './api.mjs'
import { secrets } from './cases.mjs'
import { demoClient } from './oauth-cases.mjs'
import { startProvider } from './provider/provider.mjs'
import { oauthRow, plainRow } from './rows.mjs'
import { runner } from './run.mjs'
import { summary } from './summary.mjs'

/** How many rows run at a time; the store is made for several processes. */
const ahead = 4

/** Runs a few rows at a time, and says them in their order. */
const inOrder = async (jobs, say) => {
  const started = []
  const results = []
  for (let at = 0; at < jobs.length; at += 1) {
    while (started.length < Math.min(jobs.length, at + ahead)) started.push(jobs[started.length]())
    const { lines, result } = await started[at]
    for (const line of lines) say(line)
    results.push(result)
  }
  return results
}

/**
 * Connects, tests and requests for each case, and shows that what is wrong is refused. `command` starts latchkey in
 * `cwd`, where the connectors are in `examples`, compiled to `extension`; `cases` are as in cases.mjs, `oauthCases` as in
 * oauth-cases.mjs; `say` gets each line of the transcript. Resolves with what was not as expected.
 * @param {{ command: string[], cwd: string, extension?: string, cases: object[], oauthCases?: object[], say: (line: string) => void }} setting
 */
export const drive = async ({ command, cwd, extension = '.ts', cases, oauthCases = [], say }) => {
  const home = await mkdtemp(join(tmpdir(), 'latchkey-demo-'))
  const api = await startApi(secrets)
  const provider = await startProvider({ client: demoClient, interval: 0.2 })
  const other = await startProvider({ client: demoClient })
  const problems = []
  const printed = []
  const tell = (line) => {
    printed.push(line)
    say(line)
  }
  const keys = [
    ['$KEY_FILE', join(home, 'service-account.json')],
    ['$WRONG_KEY_FILE', join(home, 'another-account.json')],
  ]
  const setting = {
    command,
    cwd,
    env: { LATCHKEY_HOME: home },
    addresses: { API: api.url, PROVIDERS: provider.url, HOME: home },
    problems,
  }
  const atProviders = { ...setting, env: { ...setting.env, LATCHKEY_STAND_IN: provider.url } }
  const fileOf = ({ connector }) => `examples/${connector.replace(/\.ts$/, extension)}`
  const job = (own, row, given, more) => async () => {
    const lines = ['', `── ${given.what}`]
    return { result: await row(runner(own, lines), given, { file: fileOf(given), ...more }), lines }
  }

  try {
    await writeFile(keys[0][1], provider.keyFile)
    await writeFile(keys[1][1], other.keyFile)
    tell(`The demo API listens on API=${api.url}, and plays the providers of the OAuth examples on`)
    tell(`PROVIDERS=${provider.url}: LATCHKEY_STAND_IN sends there what is meant for them.`)
    const jobs = [
      ...cases.map((given) => job(setting, plainRow, given, { api: api.url })),
      ...oauthCases.map((given) => job(atProviders, oauthRow, given, { keys })),
    ]
    const rows = await inOrder(jobs, tell)

    const lines = ['', '── What is kept']
    const latchkey = runner(setting, lines)
    const { name } = cases.at(-1)
    await latchkey(['list'], { stdout: name })
    await latchkey(['show', name], { stdout: '•••' })
    await latchkey(['remove', name], { stdout: `Removed ${name}.` })
    await latchkey(['request', name, '/items'], { code: 11 })
    if (oauthCases.some((given) => given.name === 'square')) {
      const own = runner(atProviders, lines)
      await own(['revoke', 'square'], { stdout: 'Revoked' })
      await own(['request', 'square', '/catalog/list'], { code: 11 })
    }
    for (const line of lines) tell(line)

    for (const line of summary(rows.slice(0, cases.length), rows.slice(cases.length))) tell(line)
    problems.push(...checked({ api, provider, cases, printed }))
    return problems
  } finally {
    await Promise.all([api.close(), provider.close(), other.close()])
    await rm(home, { recursive: true, force: true })
  }
}

/** What the servers counted, and whether anything secret can be read. */
const checked = ({ api, provider, cases, printed }) => {
  const counted = [...new Set(cases.map((each) => each.branch))].flatMap((branch) => {
    const { accepted, refused } = api.counts[branch]
    return accepted < 3 || refused < 1
      ? [`the API accepted ${accepted} and refused ${refused} requests of ${branch}`]
      : []
  })
  const reused = Object.entries(provider.ledgers).flatMap(([name, { counts }]) =>
    counts.reused > 0 ? [`${name} saw a refresh token twice`] : [],
  )
  const text = printed.join('\n')
  const known = Object.entries(secrets).filter(([field]) => !['username', 'team'].includes(field))
  const issued = Object.values(provider.ledgers).flatMap(({ secrets: all }) => [...all])
  const shown = [
    ...known,
    ['the client secret', demoClient.secret],
    ...issued.map((each) => ['a code or token', each]),
  ]
    .filter(([, value]) => text.includes(value))
    .map(([field]) => `${field} can be read in the transcript`)
  return [...counted, ...reused, ...shown]
}

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
import { schemeSecrets } from './scheme-cases.mjs'
import { startSchemes } from './schemes.mjs'
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
 * oauth-cases.mjs, `schemes` the cases of scheme-cases.mjs and the relay of relay.ts; `say` gets each line of the transcript. Resolves with what was not as expected.
 * @param {{ command: string[], cwd: string, extension?: string, cases: object[], oauthCases?: object[], schemes?: { cases: object[], relay?: unknown }, say: (line: string) => void }} setting
 */
export const drive = async ({
  command,
  cwd,
  extension = '.ts',
  cases,
  oauthCases = [],
  schemes = { cases: [] },
  say,
}) => {
  const home = await mkdtemp(join(tmpdir(), 'latchkey-demo-'))
  const api = await startApi(secrets)
  const provider = await startProvider({ client: demoClient, interval: 0.2 })
  const other = await startProvider({ client: demoClient })
  const signed = schemes.cases.length > 0 ? await startSchemes(schemes.relay) : undefined
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
    addresses: { API: api.url, PROVIDERS: provider.url, HOME: home, ...(signed && { SCHEMES: signed.url }) },
    problems,
  }
  const atSchemes = { ...setting, env: { ...setting.env, LATCHKEY_STAND_IN: signed?.url } }
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
    if (signed)
      tell(`What signs or logs in is meant for https addresses too, and goes to SCHEMES=${signed.url}.`)
    const jobs = [
      ...cases.map((given) => job(setting, plainRow, given, { api: api.url })),
      ...schemes.cases.map((given) => job(atSchemes, plainRow, withTicket(given, signed), {})),
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

    const plain = cases.length + schemes.cases.length
    for (const line of summary(rows.slice(0, plain), rows.slice(plain))) tell(line)
    problems.push(...checked({ api, provider, signed, cases, printed, schemes }))
    return problems
  } finally {
    await Promise.all([api.close(), provider.close(), other.close(), signed?.close()])
    await rm(home, { recursive: true, force: true })
  }
}

/** The case with the ticket that this run's relay has issued. */
const withTicket = (given, { ticket }) => {
  const env = Object.entries(given.env).map(([name, value]) => [name, value === '$TICKET' ? ticket : value])
  return { ...given, env: Object.fromEntries(env) }
}

/** What the servers counted, and whether anything secret can be read. */
const checked = ({ api, provider, signed, cases, printed, schemes }) => {
  const counts = { ...api.counts, ...signed?.counts }
  const branches = [...cases.map((each) => each.branch), ...schemes.cases.map((each) => each.name)]
  const counted = [...new Set(branches)].flatMap((branch) => {
    const { accepted, refused } = counts[branch]
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
    ...Object.entries(schemeSecrets).filter(
      ([field]) => !['username', 'account', 'accessKeyId', 'keyId'].includes(field),
    ),
    ...(signed?.issued() ?? []).map((each) => ['a token or ticket', each]),
    ['the client secret', demoClient.secret],
    ...issued.map((each) => ['a code or token', each]),
  ]
    .filter(([, value]) => text.includes(value))
    .map(([field]) => `${field} can be read in the transcript`)
  return [...counted, ...reused, ...shown]
}

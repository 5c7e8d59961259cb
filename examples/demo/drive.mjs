// Drives the real command through every case and checks what it does.
import { spawn } from 'node:child_process'
import { rm, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApi } from './api.mjs'
import { secrets } from './cases.mjs'

const folder = 'examples'

/** Runs one command and gives its exit code and what it printed. */
const run = (command, args, { cwd, env }) =>
  new Promise((resolve, reject) => {
    const child = spawn(command[0], [...command.slice(1), ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8')
      child[name].on('data', (text) => (output[name] += text))
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...output }))
  })

const quoted = (word) => (/^[\w@%+=:,./$-]+$/.test(word) ? word : `'${word}'`)

/** The command as a person would type it: secrets as •••, the address of the API as $API. */
const typed = (args, given, api) =>
  [
    '$',
    ...Object.keys(given).map((name) => `${name}=•••`),
    'latchkey',
    ...args.map((word) => quoted(word.replace(api, '$API'))),
  ].join(' ')

const indented = (text) => text.replace(/^(?=.)/gm, '  ')

/**
 * Connects, tests and requests for each case, and shows that a wrong secret is refused. `command` starts latchkey,
 * `root` is the repository, `cases` are as in cases.mjs, `say` gets each line of the transcript.
 * Resolves with what was not as expected.
 */
export const drive = async ({ command, root, cases, say }) => {
  const home = await mkdtemp(join(tmpdir(), 'latchkey-demo-'))
  const api = await startApi(secrets)
  const problems = []
  const printed = []
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('LATCHKEY_')),
  )

  const runner =
    (lines) =>
    async (args, { given = {}, code = 0, stdout } = {}) => {
      lines.push(typed(args, given, api.url))
      const result = await run(command, args, { cwd: root, env: { ...clean, LATCHKEY_HOME: home, ...given } })
      lines.push(indented(`${result.stdout}${result.stderr}`).trimEnd())
      if (code !== 0) lines.push(`  (exit code ${result.code})`)
      const isExpected = result.code === code && (stdout === undefined || result.stdout.includes(stdout))
      if (!isExpected) {
        problems.push(`${args.join(' ')}: exit code ${result.code}, expected ${code}`)
        lines.push(`  UNEXPECTED: exit code ${result.code}, expected ${code}`)
      }
      return isExpected
    }

  const drivenCase = async ({ what, name, connector, branch, args = [], env, request = [], wrong }) => {
    const lines = ['', `── ${what}`]
    const latchkey = runner(lines)
    const connect = ['connect', `${folder}/${connector}`, '--base-url', `${api.url}/${branch}`, ...args]
    const refused =
      wrong ?? Object.fromEntries(Object.keys(env).map((variable) => [variable, 'wrong-secret-0']))
    const results = {
      what,
      connect: await latchkey([...connect, '--as', name], { given: env, stdout: 'Ada Lovelace' }),
      test: await latchkey(['test', name], { stdout: 'Ada Lovelace' }),
      request: await latchkey(['request', name, '/items', ...request], { stdout: 'Analytical engine' }),
      refused: await latchkey([...connect, '--as', `${name}-wrong`], { given: refused, code: 11 }),
    }
    return { lines, results }
  }

  try {
    say(`The demo API listens on API=${api.url}`)
    const started = new Map()
    const start = (at) => {
      if (at < cases.length && !started.has(at)) started.set(at, drivenCase(cases[at]))
    }
    const rows = []
    for (let at = 0; at < cases.length; at += 1) {
      // A few at a time, printed in their order; the store is made for several processes.
      for (let ahead = at; ahead < at + 3; ahead += 1) start(ahead)
      const { lines, results } = await started.get(at)
      for (const line of lines) say(line)
      printed.push(...lines)
      rows.push(results)
    }

    const lines = ['', '── What is kept']
    const latchkey = runner(lines)
    const { name } = cases.at(-1)
    await latchkey(['list'], { stdout: name })
    await latchkey(['show', name], { stdout: '•••' })
    await latchkey(['remove', name], { stdout: `Removed ${name}.` })
    await latchkey(['request', name, '/items'], { code: 11 })
    for (const line of lines) say(line)
    printed.push(...lines)

    say('')
    summary(rows, say)
    for (const branch of new Set(cases.map((each) => each.branch))) {
      const { accepted, refused } = api.counts[branch]
      if (accepted < 3 || refused < 1)
        problems.push(`the API accepted ${accepted} and refused ${refused} requests of ${branch}`)
    }
    const text = printed.join('\n')
    for (const [field, secret] of Object.entries(secrets)) {
      if (!['username', 'team'].includes(field) && text.includes(secret))
        problems.push(`${field} can be read in the transcript`)
    }
    return problems
  } finally {
    await api.close()
    await rm(home, { recursive: true, force: true })
  }
}

const summary = (rows, say) => {
  const width = Math.max(...rows.map(({ what }) => what.length))
  const mark = (isExpected, word) => (isExpected ? word : 'FAILED').padEnd(10)
  say(`${'scheme'.padEnd(width)}  connect   test      request   wrong secret`)
  for (const { what, connect, test, request, refused } of rows) {
    const cells = [
      mark(connect, 'accepted'),
      mark(test, 'accepted'),
      mark(request, 'accepted'),
      mark(refused, 'refused'),
    ]
    say(`${what.padEnd(width)}  ${cells.join('')}`.trimEnd())
  }
}

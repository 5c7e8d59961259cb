import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { spawn, type ChildProcess } from 'node:child_process'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { latchkey, root, runProgram, withMachine, type How, type Result } from './command.ts'

/** Unlike any other text, so that it is found wherever it leaks. */
export const canary = 'c4n4ry-s3cr3t-0005'

/** A provider whose refresh tokens may be used once, and again as long as nobody has used the next one. */
export interface Provider {
  /** The paths that were asked for, in order. */
  readonly seen: string[]
  /** Ends every access token. */
  expire(): void
  /** Lets requests for a path wait: before anything is done, or with the answer; resolves once one is there. */
  hold(path: string, where: 'before' | 'after'): Promise<void>
  /** Lets them go on, and holds nothing any more. */
  release(): void
}

export interface Rig {
  /** A folder that any user may enter. */
  readonly home: string
  /** The data folder; made at first use. */
  readonly data: string
  readonly provider: Provider
  /** Runs the command to its end. */
  run(args: readonly string[], how?: How & { readonly through?: readonly string[] }): Promise<Result>
  /** Starts it. */
  start(args: readonly string[]): ChildProcess
}

const connector = (url: string): string => `
  import { defineConnector, defineStrategy } from '@latchkey/core'

  interface Token { readonly token: string; readonly next: string; readonly expiresAt: number }

  const post = (c: { http: { post: Function } }, path: string, body: string): Promise<Token> =>
    c.http.post('${url}' + path, { body }).json()

  export default defineConnector({
    key: 'acme',
    name: 'Acme',
    auth: defineStrategy<Token>()({
      scheme: 'single-use',
      fields: { password: { type: 'password', label: 'Password', required: true } },
      acquire: (c) => post(c, '/login', c.settings.password),
      refresh: (c) => post(c, '/token', c.credentials.next),
      apply: (request, c) => request.headers.set('authorization', c.credentials.token),
    }),
    baseUrl: '${url}',
    rotation: 'grace',
    graceMs: 3_600_000,
    test: ({ http }) => http('me').json<{ id: string; label: string }>(),
  })
`

/** What the provider does, without a server. */
function playing(): { provider: Provider; answer: RequestListener } {
  const seen: string[] = []
  let [issued, holds] = [0, [] as { path: string; where: string; come: () => void }[]]
  let waiting: (() => void)[] = []
  const live = new Set<string>()
  const used = new Map<string, object>()
  const pass = async (path: string, where: string): Promise<void> => {
    const held = holds.find((one) => one.path === path && one.where === where)
    if (held === undefined) return
    const going = new Promise<void>((resolve) => waiting.push(resolve))
    held.come()
    await going
  }
  const issue = (): object => {
    issued++
    live.add(`t-${issued}`)
    return { token: `t-${issued}`, next: `r-${issued}`, expiresAt: Date.now() + 3_600_000 }
  }
  const answerTo = (path: string, body: string, token: string): object | undefined => {
    if (path === '/login') return body === canary ? issue() : undefined
    if (path === '/me') return live.has(token) ? { id: 'u-1', label: 'Ada' } : undefined
    const again = used.get(body)
    if (again !== undefined || body !== `r-${issued}`) return again
    const next = issue()
    used.clear()
    used.set(body, next)
    return next
  }
  return {
    provider: {
      seen,
      expire: () => live.clear(),
      hold: (path, where) => new Promise((come) => holds.push({ path, where, come })),
      release() {
        holds = []
        for (const go of waiting) go()
        waiting = []
      },
    },
    answer(request, response) {
      let body = ''
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      request.on('end', () => {
        const path = request.url ?? ''
        seen.push(path)
        void pass(path, 'before').then(async () => {
          const given = answerTo(path, body, request.headers.authorization ?? '')
          await pass(path, 'after')
          response.writeHead(given ? 200 : 401, { 'content-type': 'application/json' })
          response.end(JSON.stringify(given ?? { error: 'unauthorized' }))
        })
      })
    },
  }
}

/** The connector's module, as an argument. */
export const module = './acme.ts'
export const connect: readonly string[] = ['connect', module]

/** Does something with the real command, in a folder of its own, and a provider. */
export async function withRig(run: (rig: Rig) => Promise<void>): Promise<void> {
  const { provider, answer } = playing()
  await withMachine(answer, async (home, url) => {
    const data = join(home, 'data')
    await mkdir(data, { mode: 0o700 })
    await chmod(home, 0o755)
    await symlink(join(root, 'node_modules'), join(home, 'node_modules'))
    await writeFile(join(home, module), connector(url))
    const env = { LATCHKEY_HOME: data, LATCHKEY_PASSWORD: canary }
    const started: ChildProcess[] = []
    try {
      await run({
        home,
        data,
        provider,
        run: (args, { through = [], ...how } = {}) =>
          runProgram([...through, ...latchkey, ...args], { cwd: home, ...how, env: { ...env, ...how.env } }),
        start(args) {
          const [program, ...more] = latchkey
          const child = spawn(program, [...more, ...args], {
            cwd: home,
            env: { PATH: process.env['PATH'], ...env },
            stdio: 'ignore',
          })
          started.push(child)
          return child
        },
      })
    } finally {
      provider.release()
      for (const child of started) child.kill('SIGKILL')
    }
  })
}

/** Ends a process at once, and waits until it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

import { spawn } from 'node:child_process'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

/** The root of the repository. */
export const root = join(here, '../../../..')

/** The real command, from source. */
export const latchkey = [
  process.execPath,
  '--conditions=@latchkey/source',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=DeprecationWarning',
  '--import',
  join(here, 'register.mjs'),
  join(root, 'packages/cli/src/bin.ts'),
] as const

export interface Result {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface How {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Sees what was printed so far, and may type. */
  readonly typing?: (printed: string, type: (text: string) => void) => void
}

/** Runs a program to its end. */
export function runProgram(
  program: readonly string[],
  { cwd = root, env = {}, stdin, typing }: How = {},
): Promise<Result> {
  const [file = '', ...args] = program
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(LATCHKEY_|NODE_OPTIONS)/.test(name)),
  )
  const child = spawn(file, args, { cwd, env: { ...inherited, ...env }, stdio: 'pipe' })
  const printed = { out: '', err: '' }
  const type = (text: string): void => void child.stdin.write(text)
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.out += text
    typing?.(printed.out, type)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.err += text))
  if (typing === undefined) child.stdin.end(stdin)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...printed }))
  })
}

/** Does something with a data folder and an API on loopback, and takes both away. */
export async function withMachine<T>(
  answer: RequestListener,
  run: (home: string, url: string) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'latchkey-test-'))
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await run(home, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    await new Promise((resolve) => server.close(resolve))
    await rm(home, { recursive: true, force: true })
  }
}

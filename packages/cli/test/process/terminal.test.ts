import { expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { missing } from '../../../../tools/needs.ts'
import { latchkey, runProgram, withMachine, type Result } from './command.ts'

const canary = 'c4n4ry-s3cr3t-0003'
const found = spawnSync('sh', ['-c', 'script --version && command -v stty'], { encoding: 'utf8' })
const slow = 60_000

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** Runs the command at a pseudo-terminal; each key is typed once its prompt is seen. */
const atTerminal = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  keys: readonly (readonly [prompt: string, typed: string])[],
): Promise<Result> => {
  const command = `stty cols 100 rows 40; exec ${[...latchkey, ...args].map(quoted).join(' ')}`
  let next = 0
  return runProgram(['script', '-qec', command, '/dev/null'], {
    env: { TERM: 'xterm', ...env },
    typing(printed, type) {
      const [prompt, typed] = keys[next] ?? []
      // eslint-disable-next-line no-control-regex -- what a terminal is sent besides text
      const text = printed.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '')
      if (prompt === undefined || typed === undefined || !text.includes(prompt)) return
      next += 1
      type(typed)
    },
  })
}

if (found.status !== 0) missing('script of util-linux', 'it makes the pseudo-terminal')
else {
  test(
    'at a real terminal the way of signing in is chosen from a list, and the key that is typed is never shown',
    async () => {
      await withMachine(
        (request, response) => {
          const isAllowed = request.headers['x-api-key'] === canary
          response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' })
          response.end('{"id":"u-1","name":"Ada"}')
        },
        async (home, url) => {
          const args = ['connect', 'examples/three-ways.ts', '--base-url', url]
          const { code, out } = await atTerminal(args, { LATCHKEY_HOME: home }, [
            ['How to sign in', '\r'],
            ['◆  API key', `${canary}\r`],
          ])
          expect(out).toContain('Connected acme as Ada.')
          expect(out).toContain('For servers')
          expect(out).not.toContain('c4n4ry')
          expect(code).toBe(0)
        },
      )
    },
    slow,
  )

  test(
    'Ctrl-C at a prompt ends with 130 and keeps nothing',
    async () => {
      await withMachine(
        (_, response) => response.end(),
        async (home, url) => {
          const args = ['connect', 'examples/key-in-header.ts', '--base-url', url]
          const { code, out } = await atTerminal(args, { LATCHKEY_HOME: home }, [['◆  API key', '\u0003']])
          expect(out).toContain('Nothing was kept.')
          expect(code).toBe(130)
        },
      )
    },
    slow,
  )
}

import { expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { latchkey, root, withMachine } from './command.ts'

test('Ctrl-C while the real command waits for a browser ends it with 130, and nobody listens any more', async () => {
  await withMachine(
    (_, response) => response.end(),
    async (home, url) => {
      const args = ['connect', 'examples/github.ts', '--no-browser', '--set', 'clientId=c-1']
      const [program, ...more] = latchkey
      const child = spawn(program, [...more, ...args], {
        cwd: root,
        env: {
          PATH: process.env['PATH'],
          LATCHKEY_HOME: home,
          LATCHKEY_STAND_IN: url,
          LATCHKEY_CLIENT_SECRET: 'c4n4ry-s3cr3t-0004',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let printed = ''
      const link = new Promise<URL>((resolve) => {
        child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          printed += text
          const [, found] = /open (\S+)\n/.exec(printed) ?? []
          if (found !== undefined) resolve(new URL(found))
        })
      })
      const asked = await link
      expect(asked.href).toContain(`${url}/github.com/login/oauth/authorize?`)
      const end = asked.searchParams.get('redirect_uri') ?? ''
      expect((await fetch(new URL('/elsewhere', end))).status).toBe(404)
      const gone = once(child, 'exit')
      child.kill('SIGINT')
      expect(await gone).toEqual([130, null])
      expect(printed).toContain('latchkey: Cancelled.\nNothing was kept.\n')
      expect(printed).not.toContain('c4n4ry')
      await expect(fetch(end)).rejects.toThrow('fetch failed')
      expect(await readdir(home)).not.toContain('connectors')
    },
  )
}, 60_000)

import { expect, test } from '@jest/globals'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { manifest } from '../definition/manifest.ts'
import { latchkey, root, runProgram, withMachine } from './command.ts'

test('a manifest is imported as a module, which the command then connects', async () => {
  const seen: string[] = []
  await withMachine(
    (request, response) => {
      seen.push(`${request.url ?? ''} ${String(request.headers['x-api-key'])}`)
      response.writeHead(request.headers['x-api-key'] === 'k-123456' ? 200 : 401).end('{}')
    },
    async (home, url) => {
      await symlink(join(root, 'node_modules'), join(home, 'node_modules'))
      // A date without quotes is a text to the command, and so it is to the module.
      const since = '      since: { type: string, enum: [2024-01-01, 2025-01-01] }\n'
      const text = manifest(`${url}/v1`).replace(/^ {6}region:/m, (region) => `${since}${region}`)
      await writeFile(join(home, 'manifest.yaml'), text)
      const env = { LATCHKEY_HOME: join(home, 'data') }
      const run = (args: readonly string[], stdin?: string) =>
        runProgram([...latchkey, ...args], { cwd: home, env, ...(stdin !== undefined && { stdin }) })
      expect(await run(['import', './manifest.yaml', '--out', './acme.ts'])).toMatchObject({
        code: 0,
        err: '',
      })
      const stdin = JSON.stringify({
        region: 'eu',
        since: '2025-01-01',
        'credentials.auth_type': 'key',
        'credentials.api_key': 'k-123456',
      })
      expect(await run(['connect', './acme.ts', '--stdin'], stdin)).toEqual({
        code: 0,
        out: 'Connected acme.\n',
        err: '',
      })
      expect(await run(['test', 'acme'])).toEqual({ code: 0, out: 'acme works.\n', err: '' })
    },
  )
  expect(seen).toEqual(['/v1/me k-123456', '/v1/me k-123456'])
}, 60_000)

test('a folder of YAML is listed to a limit, and what is no folder is none', async () => {
  await withMachine(
    () => undefined,
    async (home) => {
      const { machineFiles } = await import('../../src/world/files.ts')
      await machineFiles.write(join(home, 'spec.yml'), 'x')
      await machineFiles.write(join(home, 'auth/b/c/d/e/deep.yml'), 'x')
      await machineFiles.write(join(home, 'auth/a.yml'), 'x')
      await machineFiles.write(join(home, 'node_modules/x/package.json'), 'x')
      await machineFiles.write(join(home, '.git/config'), 'x')
      expect(await machineFiles.list(home)).toEqual(['auth/a.yml', 'spec.yml'])
      expect(await machineFiles.list(join(home, 'spec.yml'))).toBe(undefined)
      expect(await machineFiles.list(join(home, 'none'))).toBe(undefined)
    },
  )
})

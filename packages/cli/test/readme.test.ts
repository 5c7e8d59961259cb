import { expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exit } from '../src/output/failure.ts'
import { latchkey, root, runProgram, withMachine } from './process/command.ts'

const text = readFileSync(join(root, 'packages/cli/README.md'), 'utf8')

test('the example of the README prints what the README says', async () => {
  const [, code = ''] = /```ts\n(.*?)```/s.exec(text) ?? []
  const [, block = ''] = /```console\n(.*?)```/s.exec(text) ?? []
  const lines = block.trimEnd().split('\n')
  const commands = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2))
  await withMachine(
    (request, response) => {
      const chunks: string[] = []
      request.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
      request.on('end', () => {
        const isAllowed = request.headers['x-api-key'] === 'k-123456'
        response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' })
        const answer = request.url === '/v1/me' ? { id: 'u-1', label: 'Ada' } : { created: chunks.join('') }
        response.end(`${JSON.stringify(answer)}\n`)
      })
    },
    async (home, url) => {
      await symlink(join(root, 'node_modules'), join(home, 'node_modules'))
      await writeFile(join(home, 'acme.ts'), code.replace('https://api.acme.example', url))
      const script = `latchkey() { ${latchkey.map((word) => `'${word}'`).join(' ')} "$@"; }\n${commands.join('\n')}`
      const {
        code: ended,
        out,
        err,
      } = await runProgram(['sh', '-c', script], { cwd: home, env: { LATCHKEY_HOME: join(home, 'data') } })
      expect(err).toBe('')
      expect(out.trimEnd().split('\n')).toEqual(lines.filter((line) => !line.startsWith('$ ')))
      expect(ended).toBe(0)
    },
  )
}, 60_000)

test('the exit codes of the README are all there are', () => {
  const [, table = ''] = text.split('## Errors')
  expect([...table.matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code))).toEqual(Object.values(exit))
})

test('the README has at most 120 lines', () => {
  expect(text.split('\n').length).toBeLessThanOrEqual(121)
})

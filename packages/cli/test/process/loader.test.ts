import { expect, test } from '@jest/globals'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, runProgram } from './command.ts'

/** A connector that needs more than the stripping of types. */
const connector = `
  enum Place {
    Header = 'x-api-key',
  }

  interface Settings {
    readonly apiKey: string
  }

  export const typed = {
    key: 'typed',
    name: 'Typed',
    auth: {
      scheme: 'typed',
      fields: { apiKey: { type: 'password', label: 'Key', required: true } },
      apply: ({ headers }: { headers: Headers }, { settings }: { settings: Settings }): void =>
        headers.set(Place.Header, settings.apiKey),
    },
    baseUrl: 'https://api.acme.test',
  }
`

const load = (file: string): string => `
  import { moduleLoader } from '${join(root, 'packages/cli/src/world/load.ts')}'
  const { typed } = await moduleLoader(false)('${file}', '/')
  const headers = new Headers()
  typed.auth.apply({ headers }, { settings: { apiKey: 'k-1' } })
  console.log(JSON.stringify([...headers]))
`
const register = join(root, 'packages/cli/test/process/register.mjs')
const program = [
  process.execPath,
  '--conditions=@latchkey/source',
  '--import',
  register,
  '--input-type=module',
  '-e',
]

test('TypeScript that the runtime cannot read goes through jiti', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-test-'))
  try {
    const file = join(folder, 'typed.ts')
    await writeFile(file, connector)
    const { code, out } = await runProgram([...program, load(file)])
    expect({ code, out }).toEqual({ code: 0, out: '[["x-api-key","k-1"]]\n' })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 60_000)

test('a module that is not there, or not a module, is said to be so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-test-'))
  try {
    const broken = join(folder, 'broken.ts')
    await writeFile(broken, 'export const typed: = 1')
    expect(await runProgram([...program, load(join(folder, 'nowhere.ts'))])).toMatchObject({
      err: expect.stringContaining(`There is no file ${folder}/nowhere.ts.`),
    })
    expect((await runProgram([...program, load(broken)])).code).toBe(1)
    // Nothing is written beside what is read.
    expect(await readdir(folder)).toEqual(['broken.ts'])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 60_000)

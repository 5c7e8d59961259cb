import { expect, test } from '@jest/globals'
import { none, defineConnector } from '@latchkey/core'
import type { Imported } from '@latchkey/core/definition'
import type { ReadOptions } from '../../src/definition/formats.ts'
import { machine } from '../support.ts'

const imported: Imported = {
  connector: defineConnector({ key: 'acme', name: 'Acme', auth: none(), baseUrl: 'https://acme.test' }),
  warnings: [],
  settingsOf: () => ({}),
  configOf: () => ({}),
}
const files = {
  '/work/acme/spec.yml': 'auth: { type: oauth2 }',
  '/work/acme/auth/test.map.yml': '{ mapping: 1 }',
  '/work/acme/auth/test.js': 'export default 1',
  '/work/acme/package.json': '{}',
  '/work/acme/README.md': '#',
}

function here() {
  const read: { definition: unknown; options: ReadOptions }[] = []
  const loaded: string[] = []
  const at = machine({
    files: new Map(Object.entries(files)),
    modules: { '/work/acme/auth/test.js': { default: () => loaded.push('test.js') } },
    readers: {
      async membrane(definition, options) {
        read.push({ definition, options })
        return imported
      },
    },
  })
  return { at, read, loaded }
}

test.each(['./acme', './acme/spec.yml'])(
  '%s is read with the files beside it, but no module is imported',
  async (spec) => {
    const { at, read } = here()
    expect(await at.run('try', spec)).toMatchObject({ code: 0 })
    expect(read.map(({ definition, options: { files: all } }) => [definition, all])).toEqual([
      [{ auth: { type: 'oauth2' } }, { 'auth/test.map.yml': { mapping: 1 } }],
    ])
  },
)

test('--code imports modules too, and later commands remember that', async () => {
  const { at, read } = here()
  expect(await at.run('connect', './acme', '--code', '--origin', 'https://acme.test')).toMatchObject({
    code: 0,
  })
  await at.run('show', 'acme')
  expect(read.map(({ options }) => [Object.keys(options.files ?? {}), options.origins])).toEqual([
    [['auth/test.js', 'auth/test.map.yml'], ['https://acme.test']],
    [['auth/test.js', 'auth/test.map.yml'], ['https://acme.test']],
  ])
})

test('a folder without a definition is refused', async () => {
  const { at } = here()
  expect(await at.run('try', './acme/auth')).toMatchObject({
    code: 2,
    err: 'latchkey: There is no definition in /work/acme/auth.\nName its file, or call it spec.yml.\n',
  })
})

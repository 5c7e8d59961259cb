import { expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deadIn, errorsIn, modulesOf, pagesOf, promisesOf, run } from './docs.ts'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const { docs, readmes, others } = pagesOf(root)
const all = [...docs, ...readmes, ...others]
const read = (page: string): string => readFileSync(page, 'utf8')
const load = (name: string): Promise<object> => import(name) as Promise<object>

test('every ts block of the documentation and of the READMEs compiles', () => {
  const modules = all.flatMap((page) => modulesOf(page, read(page)))
  expect(modules.length).toBeGreaterThan(10)
  expect(errorsIn(modules, root)).toEqual([])
}, 60_000)

const promises = docs.flatMap((page) =>
  promisesOf(read(page)).map((promise) => [`${relative(root, page)}:${promise.line}`, promise] as const),
)

test.each(promises)('%s is what the example above it prints', async (_, { code, printed }) => {
  expect(await run(code, load)).toBe(printed)
})

test('every relative link leads to a file and a heading that exist, and every file that a page names exists', () => {
  const dead = all.flatMap((page) =>
    deadIn(page, read(page), root).map((link) => `${relative(root, page)}: ${link}`),
  )
  expect(dead).toEqual([])
})

test("the exit codes of docs/errors.md are the command's", () => {
  const [, members = ''] =
    /export const exit = \{(.*?)\}/s.exec(read(`${root}/packages/cli/src/output/failure.ts`)) ?? []
  const [, table = ''] = read(`${root}/docs/errors.md`).split('## Exit codes of the command')
  const numbers = (text: string, pattern: RegExp): number[] =>
    [...text.matchAll(pattern)].map(([, code]) => Number(code))
  expect(numbers(table, /^\| (\d+) /gm)).toEqual(numbers(members, /: (\d+)/g))
})

test('every helper for authors is named in docs/authoring.md', async () => {
  const text = read(`${root}/docs/authoring.md`)
  const subpaths = ['http', 'crypto', 'definition'].map((name) => `@latchkey/core/${name}`)
  const helpers = await Promise.all(subpaths.map(load))
  const names = helpers.flatMap((module) => Object.keys(module))
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([])
})

test('every package is named in the README, and every scheme in docs/authoring.md', () => {
  const folders = readmes.map((page) => relative(root, dirname(page)))
  const schemes = folders.filter((folder) => folder.startsWith('packages/strategies/'))
  expect(schemes.length).toBeGreaterThan(11)
  const [readme, authoring] = [`${root}/README.md`, `${root}/docs/authoring.md`]
  const missing = (page: string, paths: string[]): string[] =>
    paths.filter((path) => !read(page).includes(`](${relative(dirname(page), `${root}/${path}`)})`))
  expect(missing(readme, folders)).toEqual([])
  expect(missing(authoring, schemes)).toEqual([])
})

const page = `${root}/docs/none.md`
const block = (code: string, language = 'ts'): string => `\`\`\`${language}\n${code}\n\`\`\`\n`

test('an error is found in its line, also in a block that continues another, and what is given counts', () => {
  const text = [
    '# Page',
    block("import { none } from '@latchkey/core'\nconst strategy = none()"),
    'Then:',
    block('strategy.shceme'),
    '<!-- given: declare const key: string -->',
    '',
    block("import { connect } from '@latchkey/core'\nconnect(key, {})"),
    block('const number: string = 1', 'js'),
  ].join('\n')
  const modules = modulesOf(page, text)
  expect(modules.map(({ given }) => given)).toEqual(['', 'declare const key: string'])
  expect(errorsIn(modules, root).map((error) => error.slice(0, 48))).toEqual([
    "docs/none.md:9: Property 'shceme' does not exist",
    "docs/none.md:16: Argument of type 'string' is no",
  ])
}, 60_000)

test('an example runs with the blocks before it, types taken off', async () => {
  const text =
    block(
      "import { none, type AuthStrategy } from '@latchkey/core'\nexport const strategy: AuthStrategy = none()",
    ) +
    'and\n' +
    block('console.log(strategy.scheme, 1)') +
    block('none 1', 'text')
  const [promise, ...more] = promisesOf(text)
  expect([await run(promise?.code ?? '', load), promise?.printed, more]).toEqual(['none 1\n', 'none 1\n', []])
})

test('a dead link, a missing heading and a file that is not there are found', () => {
  const text =
    '# A `b` page\n[x](#a-b-page) [y](#c) [z](errors.md) [w](gone.md) [v](errors.md#none) `tools/gone.ts` `tools/docs.ts`'
  expect(deadIn(page, text, root)).toEqual(['#c', 'gone.md', 'errors.md#none', 'tools/gone.ts'])
})

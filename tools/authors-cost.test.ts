import { expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { holdsStrategy, linesOf } from './authors-cost.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const counted = (tree: string): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [join(root, 'tools/authors-cost.mjs'), tree], { encoding: 'utf8' })

test('every scheme stays as cheap as was promised, and every strategy object in a short file', () => {
  const { status, stdout, stderr } = counted(root)
  expect(stderr).toBe('')
  expect(status).toBe(0)
  for (const name of ['session', 'hmac', 'jwt', 'digest', 'oauth1'])
    expect(stdout).toMatch(
      new RegExp(`^examples/authoring/${name}\\.ts +\\d+ of at most +\\d+ lines of code$`, 'm'),
    )
  for (const name of ['session', 'jwt', 'digest', 'oauth1', 'aws-sigv4', 'hmac', 'basic', 'oauth2'])
    expect(stdout).toMatch(
      new RegExp(`^packages/strategies/${name}/src/${name}\\.ts +\\d+ of at most 150 lines$`, 'm'),
    )
})

test('comments and blank lines cost nothing, and everything else its lines', () => {
  const code = [
    '/** What it is. */',
    '// and why',
    "import { a } from 'a' // counts",
    '',
    '/* more',
    '   of it */ export const b = a',
    'const text = `',
    '// no comment',
    '',
    '`',
    'const url = "https://example.com" /* trailing */',
    '}',
  ]
  expect(linesOf(code.join('\n'))).toBe(7)
})

test('a file holds a strategy where something has an apply of its own', () => {
  expect(holdsStrategy('const strategy = {\n  async apply(request, c) {}\n}')).toBe(true)
  expect(holdsStrategy('return {\n    apply: (request, c) => use(plan, request, c),\n}')).toBe(true)
  expect(holdsStrategy('await connection.apply(request)\nfunction apply() {}')).toBe(false)
})

test('one line too many fails the run, as does a version that is not there', () => {
  const tree = mkdtempSync(join(tmpdir(), 'latchkey-cost-'))
  try {
    cpSync(join(root, 'examples/authoring'), join(tree, 'examples/authoring'), { recursive: true })
    const source = join(tree, 'packages/strategies/long/src')
    mkdirSync(source, { recursive: true })
    const strategy = ['export const long = {', "  scheme: 'long',", '  apply() {},', '}']
    const lines = (count: number): string =>
      `${[...Array<string>(count - strategy.length).fill('// …'), ...strategy].join('\n')}\n`
    writeFileSync(join(source, 'long.ts'), lines(150))
    expect(counted(tree)).toMatchObject({ status: 0, stderr: '' })
    writeFileSync(join(source, 'long.ts'), lines(151))
    writeFileSync(join(tree, 'examples/authoring/jwt.ts'), 'f()\n'.repeat(21))
    rmSync(join(tree, 'examples/authoring/hmac.ts'))
    const { status, stderr } = counted(tree)
    expect(status).toBe(1)
    expect(stderr.trim().split('\n')).toEqual([
      'examples/authoring/hmac.ts is missing',
      'examples/authoring/jwt.ts takes 21 lines of code, and may take 20',
      'packages/strategies/long/src/long.ts takes 151 lines, and may take 150',
    ])
  } finally {
    rmSync(tree, { recursive: true })
  }
})

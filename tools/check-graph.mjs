// The import graph: the rules of .dependency-cruiser.cjs over the repository, and that a package declares the
// workspaces it imports. Then the same rules over a small tree that breaks each of them once: a rule that does
// not bite there is as much a failure as one that bites here.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { root } from './workspaces.mjs'

const bin = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
const config = join(root, '.dependency-cruiser.cjs')

const cruise = (cwd, folders) => {
  const run = spawnSync(process.execPath, [bin, '--config', config, '--output-type', 'json', ...folders], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (!run.stdout.startsWith('{'))
    throw new Error(`dependency-cruiser failed in ${cwd}:\n${run.stderr}${run.stdout}`)
  const { modules, summary } = JSON.parse(run.stdout)
  const found = summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
  return { modules, found: [...found, ...undeclared(cwd, modules)] }
}

/** Imports of a workspace, in published source, that the manifest of the importing package does not declare. */
const undeclared = (cwd, modules) =>
  modules.flatMap(({ source, dependencies }) => {
    const [, folder] = /^(packages\/(?:[^/]+\/)?[^/]+)\/src\//.exec(source) ?? []
    if (folder === undefined) return []
    const { name, dependencies: declared = {} } = JSON.parse(
      readFileSync(join(cwd, folder, 'package.json'), 'utf8'),
    )
    return dependencies
      .map(({ module }) => /^(@latchkey\/[^/]+|latchkey)(\/|$)/.exec(module)?.[1])
      .filter((target) => target !== undefined && target !== name && !(target in declared))
      .map((target) => ({ rule: 'declared-workspaces', from: source, to: target }))
  })

const manifest = (name, dependencies = {}) =>
  JSON.stringify({
    name,
    version: '1.0.0',
    type: 'module',
    exports: { '.': { '@latchkey/source': './src/index.ts', default: './dist/index.js' } },
    dependencies,
  })

const fixture = {
  'tsconfig.check.json': '{"compilerOptions":{"module":"nodenext","customConditions":["@latchkey/source"]}}',
  'package.json': '{"private":true,"type":"module","devDependencies":{"dev-only":"1"}}',
  'node_modules/dev-only/package.json': '{"name":"dev-only","version":"1.0.0","main":"index.js"}',
  'node_modules/dev-only/index.js': '',
  'packages/core/package.json': manifest('@latchkey/core'),
  'packages/core/src/index.ts': "export { a } from './a.ts'",
  'packages/core/src/a.ts': "import '@latchkey/basic'\nexport const a = 1",
  'packages/core/src/b.ts': "import './definition/index.ts'",
  'packages/core/src/definition/index.ts': 'export const form = 1',
  'packages/core/src/inner.ts': 'export const inner = 1',
  'packages/core/test/a.test.ts': "import { a } from '../src/a.ts'\nimport '@latchkey/testing'\nexport { a }",
  'packages/testing/package.json': manifest('@latchkey/testing', { '@latchkey/core': '1' }),
  'packages/testing/src/index.ts': "export { a } from '@latchkey/core'",
  'packages/testing/src/one.ts': "import type { Two } from './two.ts'\nexport type One = Two",
  'packages/testing/src/two.ts': "import type { One } from './one.ts'\nexport type Two = One",
  'packages/strategies/basic/package.json': manifest('@latchkey/basic', { '@latchkey/core': '1' }),
  'packages/strategies/basic/src/index.ts': "export { a } from '@latchkey/core'",
  'packages/strategies/basic/src/kit.ts': "import '@latchkey/testing'",
  'packages/strategies/basic/src/tool.ts': "import '../test/help.ts'",
  'packages/strategies/basic/test/help.ts': '',
  'packages/strategies/basic/test/deep.ts': "import '../../../core/src/inner.ts'",
  'packages/strategies/basic/test/past.ts': "import '@latchkey/core/src/inner.ts'",
  'packages/strategies/basic/src/dev.ts': "import 'dev-only'",
}
const expected = [
  'core-knows-nobody packages/core/src/a.ts',
  'declared-dependencies packages/strategies/basic/src/dev.ts',
  'declared-workspaces packages/core/src/a.ts',
  'declared-workspaces packages/strategies/basic/src/kit.ts',
  'definitions-stand-apart packages/core/src/b.ts',
  'no-circle packages/core/src/a.ts',
  'no-circle packages/testing/src/one.ts',
  'only-public-exports packages/strategies/basic/test/deep.ts',
  'resolvable packages/strategies/basic/test/past.ts',
  'source-knows-no-test-and-no-tool packages/strategies/basic/src/tool.ts',
  'strategy-knows-only-core packages/strategies/basic/src/kit.ts',
]

const bites = () => {
  const cwd = mkdtempSync(join(tmpdir(), 'latchkey-graph-'))
  try {
    for (const [path, text] of Object.entries(fixture)) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true })
      writeFileSync(join(cwd, path), text)
    }
    const scope = join(cwd, 'node_modules/@latchkey')
    mkdirSync(scope, { recursive: true })
    for (const folder of ['core', 'testing', 'strategies/basic']) {
      const link = join(scope, folder.split('/').pop())
      symlinkSync(relative(scope, join(cwd, 'packages', folder)), link)
    }
    const found = cruise(cwd, ['packages']).found.map(({ rule, from }) => `${rule} ${from}`)
    return [...new Set(found)].sort()
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

const { modules, found } = cruise(root, ['packages', 'examples', 'bench', 'faults', 'tools'])
for (const { rule, from, to } of found) console.error(`${rule}: ${from} -> ${to}`)
const bitten = bites()
const blunt = expected.filter((line) => !bitten.includes(line))
const wrong = bitten.filter((line) => !expected.includes(line))
for (const line of blunt) console.error(`the rule does not bite: ${line}`)
for (const line of wrong) console.error(`the rule bites where it should not: ${line}`)
if (found.length + blunt.length + wrong.length > 0) process.exit(1)
console.log(
  `import graph: ${modules.length} modules follow the rules, and each of ${expected.length} breaches is caught`,
)

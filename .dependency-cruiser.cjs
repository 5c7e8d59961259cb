// The import graph. tools/check-graph.mjs runs these rules over the repository and then proves, on a small tree
// that breaks each of them, that they bite.
const choices = '^packages/(strategies|stores)/([^/]+)/src/'
const core = '^packages/core/'

module.exports = {
  forbidden: [
    {
      name: 'core-knows-nobody',
      comment: 'Core knows no scheme, store, format or command; its tests may use the test kit.',
      severity: 'error',
      from: { path: '^packages/core/src/' },
      to: {
        path: ['^packages/', '^examples/', '^bench/', '^faults/', '^tools/'],
        pathNot: '^packages/core/src/',
      },
    },
    {
      name: 'definitions-stand-apart',
      comment: 'Who reads no foreign definitions loads nothing that reads them: they are a subpath of core.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: '^packages/core/src/definition/' },
      to: { path: '^packages/core/src/definition/' },
    },
    {
      name: 'strategy-knows-only-core',
      comment: 'A strategy, like a store, knows core and itself: no other scheme, no kit, no command.',
      severity: 'error',
      from: { path: choices },
      to: {
        path: ['^packages/', '^examples/', '^bench/', '^faults/', '^tools/'],
        pathNot: ['^packages/$1/$2/', core],
      },
    },
    {
      name: 'only-public-exports',
      comment: 'Nobody reaches into the files of another package; what is not exported does not exist.',
      severity: 'error',
      from: { path: '^(packages/(?:strategies|stores|formats)/[^/]+|packages/[^/]+|examples|bench|faults)/' },
      to: { path: '^(packages|examples|bench|faults)/', pathNot: '^$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'source-knows-no-test-and-no-tool',
      comment: 'What is published stands on what is published.',
      severity: 'error',
      from: { path: '^packages/.+/src/' },
      to: { path: ['/test/', '^tools/'] },
    },
    {
      name: 'declared-dependencies',
      comment:
        'A package that is imported by published source is one of its dependencies, or a peer that its users install.',
      severity: 'error',
      from: { path: '^packages/.+/src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only', 'npm-peer'],
      },
    },
    {
      name: 'no-circle',
      comment: 'A circle of files cannot be read from the bottom up. Types count: they are read as well.',
      severity: 'error',
      from: { path: '^(packages|examples|bench|faults|tools)/' },
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere, a deep import past the exports of a package among them.',
      severity: 'error',
      from: { path: '^(packages|examples|bench|faults|tools)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/fixtures/', '/dist/', '/coverage/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    tsConfig: { fileName: 'tsconfig.check.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@latchkey/source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
}

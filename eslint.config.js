import js from '@eslint/js'
import tseslint from 'typescript-eslint'

const world =
  'is part of the world: take it from the context, it is assembled in packages/core/src/world only'
const ambient = ['fetch', 'crypto', 'process', 'performance', 'navigator', 'XMLHttpRequest', 'WebSocket']
const unfinished = ['todo', 'fixme', 'xxx']
const shape = [
  {
    selector: 'ClassDeclaration[id.name!="AuthError"], ClassExpression',
    message: 'No classes but AuthError.',
  },
  { selector: 'ExportAllDeclaration, TSExportAssignment', message: 'Exports are made by name.' },
  { selector: 'ExportDefaultDeclaration', message: 'Exports are made by name.' },
]
const clock = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: `The clock ${world}.` },
  { selector: 'CallExpression[callee.name="Date"]', message: `The clock ${world}.` },
]

export default tseslint.config(
  { ignores: ['**/dist/**', '**/coverage/**', '**/fixtures/**', '.nx/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-invalid-void-type': 'off', // `Promise<Account | void>` is part of the interface
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off', // an async function also turns a throw into a rejection
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-warning-comments': ['error', { terms: unfinished, location: 'anywhere' }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: [
      'packages/**/*.ts',
      'examples/**/*.{ts,js,mjs}',
      'bench/**/*.{ts,js,mjs}',
      'faults/**/*.{ts,js,mjs}',
      'tools/**/*.{ts,mjs}',
    ],
    rules: { 'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['packages/**/src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...shape], 'no-console': 'error' },
  },
  {
    // `any` stands in the two variance positions of AuthStrategy; nowhere else may a comment let it through.
    files: ['**/*.ts'],
    ignores: ['packages/core/src/strategy.ts'],
    rules: {
      'no-warning-comments': ['error', { terms: [...unfinished, 'no-explicit-any'], location: 'anywhere' }],
    },
  },
  { files: ['packages/cli/src/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    // What is pure takes clock, randomness and network as arguments.
    files: ['packages/**/src/**/*.ts'],
    ignores: [
      'packages/core/src/world/**',
      'packages/stores/*/src/world.ts',
      'packages/cli/**',
      'packages/testing/**',
    ],
    rules: {
      'no-restricted-globals': ['error', ...ambient.map((name) => ({ name, message: `${name} ${world}.` }))],
      'no-restricted-properties': [
        'error',
        ...ambient.map((property) => ({ object: 'globalThis', property, message: `${property} ${world}.` })),
        { object: 'Date', property: 'now', message: `The clock ${world}.` },
        { object: 'Math', property: 'random', message: `Randomness ${world}.` },
      ],
      'no-restricted-syntax': ['error', ...shape, ...clock],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(node:)?(process|http|https|http2|net|tls|dns|fs|os)(/|$)', message: `It ${world}.` },
            {
              regex: '^(node:)?crypto$',
              importNames: [
                'randomBytes',
                'randomUUID',
                'randomInt',
                'randomFillSync',
                'webcrypto',
                'default',
              ],
              message: `Randomness ${world}.`,
            },
          ],
        },
      ],
    },
  },
  {
    files: ['packages/**/src/**/index.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'Program > :not(ExportNamedDeclaration[source])',
          message: 'index.ts only exports, by name, from other files.',
        },
      ],
    },
  },
  {
    files: ['**/test/**/*.ts', 'bench/**/*.ts', 'faults/**/*.ts', 'examples/**/*.ts'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.test-d.ts'],
    rules: {
      '@typescript-eslint/ban-ts-comment': 'off', // the type test is the @ts-expect-error
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        'console process Buffer URL URLSearchParams fetch Request Response Headers AbortSignal AbortController setTimeout clearTimeout setInterval clearInterval setImmediate queueMicrotask performance structuredClone TextEncoder TextDecoder crypto btoa atob module navigator globalThis FormData Blob'
          .split(' ')
          .map((name) => [name, 'readonly']),
      ),
    },
  },
)

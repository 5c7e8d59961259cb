/** @jest-config-loader esbuild-register */
import type { Config } from 'jest'

const config: Config = {
  testEnvironment: '<rootDir>/tools/jest-environment.mjs',
  // Workspaces resolve to their unbuilt source through their own "exports": no build before tests.
  testEnvironmentOptions: { customExportConditions: ['@latchkey/source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/{packages,examples,bench,faults,tools}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/tools/jest-esbuild.mjs' },
  restoreMocks: true,
  // A module graph in a vm context stays alive for some 7 MB a test file; workers are recycled before that hurts.
  workerIdleMemoryLimit: '400MB',
  reporters: ['default', '<rootDir>/tools/jest-tally.mjs'],
  coverageProvider: 'v8',
  collectCoverageFrom: ['packages/**/src/**/*.ts'],
  coverageReporters: ['text', 'lcov'],
}

export default config

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../../../../../', import.meta.url))

/** Where the corpora are: `LATCHKEY_CORPORA`, else beside the repository. */
export const corpora: string = process.env['LATCHKEY_CORPORA'] ?? `${root}../shared/corpora`

/** Why there is no corpus; undefined where there is one. */
export const absence: string | undefined = existsSync(`${corpora}/airbyte/manifests`)
  ? undefined
  : `${corpora}/airbyte is not there; set LATCHKEY_CORPORA`

/** The names of the manifests, in order. */
export const manifestNames: readonly string[] = absence
  ? []
  : readdirSync(`${corpora}/airbyte/manifests`)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => file.replace(/\.yaml$/, ''))
      .sort()

/** A manifest, read anew. */
export const manifestOf = (name: string): unknown =>
  // YAML 1.1, as Python reads it: an unquoted no is false.
  parse(readFileSync(`${corpora}/airbyte/manifests/${name}.yaml`, 'utf8'), {
    version: '1.1',
    maxAliasCount: 1000,
  })

/** A JSON file beside the manifests. */
export const tableOf = (name: string): unknown =>
  JSON.parse(readFileSync(`${corpora}/airbyte/${name}.json`, 'utf8'))

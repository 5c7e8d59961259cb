import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const root =
  process.env.LATCHKEY_CORPORA ?? fileURLToPath(new URL('../../../../../shared/corpora', import.meta.url))
const folder = `${root}/membrane`

/** Whether the corpus is there. */
export const present: boolean = existsSync(folder)

/** A file of vectors; `{"__undefined": true}` in it is undefined. */
export function vectors(name: string): Readonly<Record<string, unknown>> {
  return revive(JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))) as Readonly<Record<string, unknown>>
}

/** The specifications by file name. */
export function specs(): readonly (readonly [name: string, spec: Readonly<Record<string, unknown>>])[] {
  return readdirSync(`${folder}/specs`).map((name) => [
    name,
    parse(readFileSync(`${folder}/specs/${name}`, 'utf8')) as Readonly<Record<string, unknown>>,
  ])
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive)
  if (typeof value !== 'object' || value === null) return value
  if ('__undefined' in value) return undefined
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, revive(item)]))
}

import type { Jiti } from 'jiti'
import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { usage } from '../output/failure.ts'

/**
 * Imports modules by absolute path or package name. TypeScript that the runtime cannot read goes through jiti, which
 * is only loaded for it and writes nothing to the disk.
 */
export function moduleLoader(
  stripsTypes: boolean,
): (module: string, from: string) => Promise<Readonly<Record<string, unknown>>> {
  return async (module, from) => {
    // Loaded only where it is needed: it takes longer than everything else.
    const jiti = async (): Promise<Jiti> =>
      (await import('jiti')).createJiti(join(from, 'latchkey.mjs'), { fsCache: false, interopDefault: false })
    const url = isAbsolute(module)
      ? pathToFileURL(module).href
      : (await jiti()).esmResolve(module, { try: true })
    if (url === undefined) {
      throw usage(
        `There is no package "${module}" in ${from}.`,
        'Install it, or give a path such as ./acme.ts.',
      )
    }
    if (url.startsWith('file:') && !existsSync(fileURLToPath(url))) {
      throw usage(`There is no file ${module}.`, 'Give the path of the module that exports the connector.')
    }
    // Node strips types nowhere below node_modules.
    const isNative = !/\.[cm]?tsx?$/.test(url) || (stripsTypes && !url.includes('/node_modules/'))
    if (isNative) return (await import(url)) as Readonly<Record<string, unknown>>
    return (await jiti()).import<Readonly<Record<string, unknown>>>(url)
  }
}

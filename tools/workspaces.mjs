import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const folders = (folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
        .map((entry) => `${folder}/${entry.name}`)
    : []

/** Every workspace: its folder relative to the root and its manifest. The same globs as in package.json. */
export const workspaces = () =>
  [...folders('packages'), ...folders('packages').flatMap(folders), 'examples', 'bench', 'faults']
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
    }))

/** The workspaces that are published. */
export const published = () => workspaces().filter(({ manifest }) => !manifest.private)

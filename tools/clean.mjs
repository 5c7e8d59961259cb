// Removes what the build wrote, stale files of renamed sources included.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, workspaces } from './workspaces.mjs'

for (const { folder } of workspaces()) rmSync(join(root, folder, 'dist'), { recursive: true, force: true })

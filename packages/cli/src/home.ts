import { isAbsolute, join, resolve } from 'node:path'
import type { Terminal } from './terminal.ts'

/**
 * The folder that holds connections and key: `--store`, else `LATCHKEY_HOME`, else where the platform keeps the data of
 * programs (`XDG_DATA_HOME`, `~/Library/Application Support`, `%LOCALAPPDATA%`).
 */
export function dataFolder(
  { env, platform, home, cwd }: Pick<Terminal, 'env' | 'platform' | 'home' | 'cwd'>,
  given?: string,
): string {
  const named = given ?? (env['LATCHKEY_HOME'] || undefined)
  if (named !== undefined) return resolve(cwd, named)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'latchkey')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'latchkey')
  const xdg = env['XDG_DATA_HOME'] ?? ''
  // XDG Base Directory Specification: a relative path is invalid and ignored.
  return join(isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'latchkey')
}

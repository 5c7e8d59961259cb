import { spawn } from 'node:child_process'

/** The program that opens a link on this platform, with its arguments; the link is one argument and never a shell's. */
export function openerOf(platform: string, url: string): readonly [string, readonly string[]] {
  if (platform === 'darwin') return ['open', [url]]
  // rundll32 takes the link as it is; "start" would be a command of cmd.exe, to which & in a link is an operator.
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]]
  return ['xdg-open', [url]]
}

/** Opens links in the browser of the person at the terminal; resolves with false where that cannot be done. */
export function browserOpener(platform: string): (url: string) => Promise<boolean> {
  return (url) =>
    new Promise((resolve) => {
      const [program, args] = openerOf(platform, url)
      const child = spawn(program, args, { stdio: 'ignore', detached: true })
      child.once('error', () => resolve(false))
      child.once('spawn', () => {
        child.unref()
        resolve(true)
      })
    })
}

import type { Writable } from 'node:stream'

/** A line at the end of a terminal that is written anew each second, and gone when nothing is waited for any more. */
export function statusLine(output: Writable): (line: () => string) => () => void {
  return (line) => {
    const show = (): void => void output.write(`\r\u001b[2K${line()}`)
    show()
    const timer = setInterval(show, 1000)
    return () => {
      clearInterval(timer)
      output.write('\r\u001b[2K')
    }
  }
}

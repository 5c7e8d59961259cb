import { readFileSync } from 'node:fs'

/** What a README's first example printed when it was run, and what the README says that it prints. */
export interface Example {
  readonly printed: string
  readonly promised: string
}

/**
 * Runs the first `ts` block of a README, whose code is also JavaScript, and reads the `text` block after it.
 * `load` imports a package as the test sees it.
 */
export async function runReadme(readme: URL, load: (name: string) => Promise<object>): Promise<Example> {
  const text = readFileSync(readme, 'utf8')
  const [, code, promised] = /```ts\n(.*?)```\n+```text\n(.*?)```/s.exec(text) ?? []
  if (code === undefined || promised === undefined)
    throw new Error(`${readme.pathname} has no example with its output`)
  const body = code.replace(/^import (\{.*?\}) from '(.*?)'$/gms, "const $1 = await load('$2')")
  const printed: string[] = []
  const console = { log: (...values: unknown[]) => void printed.push(values.map(String).join(' ')) }

  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<void>
  await new AsyncFunction('load', 'console', body)(load, console)
  return { printed: `${printed.join('\n')}\n`, promised }
}

import type * as Clack from '@clack/prompts'
import type { Readable, Writable } from 'node:stream'
import { cancelled } from '../output/failure.ts'
import { printable } from '../output/table.ts'
import type { Prompter } from '../terminal.ts'

/**
 * Asks at a real terminal. What is shown goes to `output`, which is standard error: standard output is for results.
 * The library is loaded with the first question.
 */
export function clackPrompter(input: Readable, output: Writable): Prompter {
  const common = { input, output }
  const clack = (): Promise<typeof Clack> => import('@clack/prompts')
  return {
    async note(line) {
      const { log } = await clack()
      log.info(printable(line), { output })
    },
    async text({ message, placeholder, initial, problem }) {
      const { text } = await clack()
      return answer<string>(
        await text({
          ...common,
          message,
          ...(placeholder !== undefined && { placeholder }),
          ...(initial !== undefined && { initialValue: initial }),
          validate: (value) => problem(value ?? ''),
        }),
      )
    },
    async password({ message, problem }) {
      const { password } = await clack()
      return answer<string>(await password({ ...common, message, validate: (value) => problem(value ?? '') }))
    },
    async select({ message, answers, initial }) {
      const { select } = await clack()
      const options = answers.map(({ value, label, hint }) => ({
        value,
        label: printable(label),
        ...(hint !== undefined && { hint: printable(hint) }),
      }))
      return answer<string>(
        await select({
          ...common,
          message,
          options,
          ...(initial !== undefined && { initialValue: initial }),
        }),
      )
    },
    async confirm({ message, initial }) {
      const { confirm } = await clack()
      return answer<boolean>(await confirm({ ...common, message, initialValue: initial }))
    },
  }
}

/** What was answered; clack gives nothing where nothing was typed. */
function answer<T extends string | boolean>(given: T | symbol | undefined): T {
  if (typeof given === 'symbol') throw cancelled()
  return given ?? ('' as T)
}

import { confirm, log, password, select, text } from '@clack/prompts'
import type { Readable, Writable } from 'node:stream'
import { cancelled } from '../output/failure.ts'
import { printable } from '../output/table.ts'
import type { Prompter } from '../terminal.ts'

/** Asks at a real terminal. What is shown goes to `output`, which is standard error: standard output is for results. */
export function clackPrompter(input: Readable, output: Writable): Prompter {
  const common = { input, output }
  return {
    note: (line) => log.info(printable(line), { output }),
    async text({ message, placeholder, initial, problem }) {
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
      // clack gives undefined where nothing was typed.
      return answer(
        (await password({ ...common, message, validate: (value) => problem(value ?? '') })) as
          string | symbol,
      )
    },
    async select({ message, answers, initial }) {
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
      return answer<boolean>(await confirm({ ...common, message, initialValue: initial }))
    },
  }
}

function answer<T extends string | boolean>(given: T | symbol): T {
  if (typeof given === 'symbol') throw cancelled()
  return given
}

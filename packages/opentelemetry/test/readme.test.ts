import { expect, test } from '@jest/globals'
import { runReadme } from '../../../tools/readme.ts'

test('the example of the README prints what the README says', async () => {
  const { printed, promised } = await runReadme(
    new URL('../README.md', import.meta.url),
    (name) => import(name) as Promise<object>,
  )
  expect(printed).toBe(promised)
}, 60_000)

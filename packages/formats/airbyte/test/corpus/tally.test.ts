import { expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { missing } from '../../../../../tools/needs.ts'
import { absence } from './corpus.ts'
import { tally } from './tally.ts'

if (absence !== undefined) missing("Airbyte's manifests", absence)
else
  test('docs/formats/airbyte.md has the tally that npm run corpus prints', () => {
    const page = readFileSync(new URL('../../../../../docs/formats/airbyte.md', import.meta.url), 'utf8')
    const [, text = ''] = /<!-- corpus -->\n\n(.*)\n<!-- \/corpus -->/s.exec(page) ?? []
    expect(text).toBe(tally())
  })

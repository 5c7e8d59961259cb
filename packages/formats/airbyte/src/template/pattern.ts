import { RE2JS } from 're2js'
import { invalid } from '@latchkey/core/definition'
import { sourceOf, textCell, textOf, type Cell } from './cell.ts'
import type { Evaluation } from './scope.ts'

const longest = 500

/** RE2 needs time in proportion to the text and to the pattern's program, and so many steps are counted. */
function compiled(pattern: string, text: string, { at, budget }: Evaluation): RE2JS {
  if (pattern.length > longest)
    throw invalid(at, `a regular expression in the template is longer than ${longest} characters.`)
  let regex: RE2JS
  try {
    regex = RE2JS.compile(pattern)
  } catch (cause) {
    throw invalid(at, 'a regular expression in the template cannot be read, or needs to look back.', cause)
  }
  budget.step(1 + Math.ceil((regex.programSize() * (text.length + 1)) / 1000))
  return regex
}

/** Airbyte's `regex_search`: the first group of the first match; nothing where there is no match or no group. */
export function regexSearch(value: Cell, pattern: Cell, e: Evaluation): Cell {
  const text = textOf(value, e.at)
  const matcher = compiled(textOf(pattern, e.at), text, e).matcher(text)
  if (!matcher.find() || matcher.groupCount() === 0) return textCell('')
  return textCell(matcher.group(1) ?? '', sourceOf(value))
}

/** Airbyte's `regex_replace`: every match; `\1` and `\g<1>` in the replacement are groups, as in Python. */
export function regexReplace(value: Cell, pattern: Cell, replacement: Cell, e: Evaluation): Cell {
  const text = textOf(value, e.at)
  const put = textOf(replacement, e.at)
  const matcher = compiled(textOf(pattern, e.at), text, e).matcher(text)
  const parts: string[] = []
  let place = 0
  while (matcher.find()) {
    const filled = put.replace(/\\(?:(\d)|g<(\d)>|\\)/g, (whole, one?: string, two?: string) => {
      const group = one ?? two
      if (group === undefined) return '\\'
      if (Number(group) > matcher.groupCount())
        throw invalid(e.at, `the replacement in the template has ${whole}, and no such group exists.`)
      return matcher.group(Number(group)) ?? ''
    })
    e.budget.step()
    e.budget.grow(filled.length + matcher.start() - place)
    parts.push(text.slice(place, matcher.start()), filled)
    place = matcher.end()
  }
  return textCell(parts.join('') + text.slice(place), sourceOf(value) ?? sourceOf(replacement))
}

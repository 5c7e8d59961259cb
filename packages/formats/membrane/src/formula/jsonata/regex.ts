import { RE2JS } from 're2js'
import { invalid, type Budget } from '@latchkey/core/definition'
import type { RegexEngine } from './library.ts'

/**
 * Regular expressions that take time in proportion to the text, whatever they are; what has no such form (look-around,
 * back references) is refused.
 */
export function regexEngine(at: string, budget: Budget): RegexEngine {
  return function engine(regex) {
    const compiled = compile(regex, at)
    const cost = compiled.programSize()
    budget.step(1 + Math.ceil(cost / 16))
    const state = {
      lastIndex: 0,
      exec(text: string): (string | undefined)[] | null {
        const from = state.lastIndex
        budget.step(1 + Math.ceil(((text.length - from) * cost) / 4096))
        const matcher = compiled.matcher(text)
        if (from > text.length || !matcher.find(from)) {
          state.lastIndex = 0
          return null
        }
        state.lastIndex = matcher.end()
        const groups = Array.from(
          { length: matcher.groupCount() + 1 },
          (_, index) => matcher.group(index) ?? undefined,
        )
        return Object.assign(groups, { index: matcher.start() })
      },
    }
    return state
  }
}

function compile(regex: RegExp, at: string): RE2JS {
  const flags =
    (regex.flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
    (regex.flags.includes('m') ? RE2JS.MULTILINE : 0)
  try {
    return RE2JS.compile(RE2JS.translateRegExp(regex.source), flags)
  } catch {
    throw invalid(
      at,
      `the regular expression ${regex.source} looks around or back, which is not allowed here.`,
    )
  }
}

import { allFields } from '../describe/ways.ts'
import { stringsIn } from './strings.ts'
import type { Finding, Rules, Subject } from './types.ts'

/** What providers put in front of their secrets, and forms that hold nothing else. */
const known = [
  /\b[sr]k_live_[A-Za-z0-9]{16,}/,
  /\bgh[pousr]_[A-Za-z0-9]{36,}/,
  /\bgithub_pat_[A-Za-z0-9_]{50,}/,
  /\bglpat-[\w-]{20,}/,
  /\bxox[abeoprs]-[A-Za-z0-9-]{20,}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bAIza[\w-]{35}/,
  /\bya29\.[\w-]{20,}/,
  /\bSG\.[\w-]{20,}\.[\w-]{20,}/,
  /\bshp(?:at|ss|ca|pa)_[a-f0-9]{32}/,
  /\bsk-(?:ant-|proj-)?[\w-]{32,}/,
  /\bnpm_[A-Za-z0-9]{36}/,
  /\bpat-[a-z]{2}\d-[0-9a-f-]{36}/,
  /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[^-]{40,}/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/,
]
const secretKey =
  /(?:secret|password|passphrase|private_?key|api_?key|(?:access|refresh|auth|api|bearer)_?token)$/i

/** Secrets that were written down where a secret must not be. */
export const secrets: Rules = (subject) => [...ofDefaults(subject), ...ofContent(subject), ...ofText(subject)]

function ofDefaults({ connector }: Subject): Finding[] {
  return Object.entries(allFields(connector)).flatMap(([name, field]) => {
    const isText = field.type === 'string' || field.type === 'password'
    const { default: given } = field
    if (!isText || field.public === true || 'choices' in field) return []
    return typeof given === 'string' && (isKnown(given) || isRandom(given)) ? [literal(name)] : []
  })
}

function ofContent({ definition }: Subject): Finding[] {
  if (definition === undefined || definition.format === 'segment') return []
  return stringsIn(definition.content).flatMap(({ at, text }) => {
    const name =
      at
        .split(/[.[\]"]+/)
        .filter((part) => part !== '')
        .at(-1) ?? ''
    return isKnown(text) || (secretKey.test(name) && isRandom(text)) ? [literal(at)] : []
  })
}

/** By line, because a module has no paths. */
function ofText({ text = '' }: Subject): Finding[] {
  return text.split('\n').flatMap((line, at) => {
    const named = [...line.slice(0, 2_000).matchAll(/([\w$]+)['"]?\s*[:=]\s*(['"`])([^'"`]{16,512})\2/g)]
    const found =
      isKnown(line) || named.some(([, name = '', , value = '']) => secretKey.test(name) && isRandom(value))
    return found ? [literal(`line ${at + 1}`)] : []
  })
}

const isKnown = (text: string): boolean => known.some((pattern) => pattern.test(text))

/** Long, of letters and digits without words or templates, and with as many different characters as chance gives. */
function isRandom(text: string): boolean {
  if (!/^[\w+/=.~-]{16,512}$/.test(text) || !/\d/.test(text) || !/[A-Za-z]/.test(text)) return false
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  const entropy = [...counts.values()].reduce((sum, count) => {
    const share = count / text.length
    return sum - share * Math.log2(share)
  }, 0)
  return entropy > 3.2
}

const literal = (at: string): Finding => ({
  code: 'literal-secret',
  severity: 'error',
  at,
  message:
    'This looks like a secret that was written down: everybody who can read the file has it. End it at the provider, and ask for a new one in a field (owner: app for the operator’s own).',
})

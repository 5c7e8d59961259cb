/** A template of a consent, in the dialect of the rest of the manifest. */
export interface Translated {
  readonly text: string
  /** True where the template hashes the verifier: PKCE is asked for. */
  readonly challenges: boolean
}

/** Filters of the consent's dialect, under the names that the interpreter has for them. */
const filters: Readonly<Record<string, string>> = {
  urlencoder: 'urlencode',
  urlencode: 'urlencode',
  urldecoder: 'urldecode',
  base64encoder: 'base64encode',
  b64encode: 'base64encode',
  base64decoder: 'base64decode',
  b64decode: 'base64decode',
}

/**
 * The consent's templates have a dialect of their own: braces nest (`{{ {{client_id_key}} }}`, `{{{{scope_value}} | urlEncoder}}`),
 * `{{ scope_param }}` stands for a name, an equals sign and a value, and filters have other names. Whatever is hashed for
 * PKCE becomes our own challenge, because at home it is the state, which is no secret (RFC 7636 section 7.1). `keys` holds
 * what parameters are called: `{ client_id: 'client_key' }`. Pure.
 */
export function translated(template: string, keys: Readonly<Record<string, string>>): Translated {
  let challenges = false
  const text = flat(template).replace(/\{\{(.*?)\}\}/gs, (_, inner: string) => {
    const named = /^\s*(\w+)_param\s*$/.exec(inner)?.[1]
    if (named !== undefined && Object.hasOwn(keys, named)) return `${keys[named] ?? ''}={{ ${named}_value }}`
    const hashed = inner.replace(/[\w.]+\s*\|\s*codechallenges256\b(?:\(\))?/gi, () => {
      challenges = true
      return 'code_challenge_value'
    })
    const renamed = hashed.replace(
      /\|\s*(\w+)\b/g,
      (whole, name: string) => `| ${filters[name.toLowerCase()] ?? whole.slice(1).trim()}`,
    )
    return `{{${renamed}}}`
  })
  return { text, challenges }
}

/** Without the braces inside braces. */
function flat(template: string): string {
  let depth = 0
  return template.replace(/\{\{|\}\}/g, (brace) => {
    if (brace === '{{') return ++depth === 1 ? brace : ''
    if (depth === 0) return brace
    return --depth === 0 ? brace : ''
  })
}

import type { BaseUrl } from '@latchkey/core'
import type { Warning } from '@latchkey/core/definition'
import { originPattern } from '@latchkey/core/http'
import { attempt } from '../authenticators/made.ts'
import { scopeOf, type Where } from '../authenticators/where.ts'
import { earnedBy, withValues, type EarnedPaths } from '../oauth/overlay.ts'
import { renderUrlTemplate, urlShapesOf } from '../template/index.ts'

/** The template of a base URL, and where it stands. */
export interface UrlText {
  readonly text: string
  readonly at: string
}

/** Where requests of a strategy go. */
export interface Address {
  readonly baseUrl?: BaseUrl | undefined
  readonly origins: readonly string[]
}

/** What a base URL depends on besides the configuration. */
export type AddressWhere = Pick<Where, 'configOf' | 'parameters' | 'choices' | 'allow' | 'warn'>

/**
 * The base URL of the first template, and the origins of all. A template without slots is taken as it stands.
 * @throws {AuthError} definition_invalid, unsupported for a URL whose host is not clear
 */
export function addressOf(urls: readonly UrlText[], where: AddressWhere, paths: EarnedPaths): Address {
  const { choices, parameters, warn } = where
  const shapes = urls.flatMap((url) =>
    urlShapesOf(url.text, url.at, { choices, parameters })
      // A choice that the author has left without a URL.
      .filter(({ template }) => template !== '')
      .map((shape) => ({ ...shape, url })),
  )
  const origins = shapes.map(({ template, chosenBy, url }) => {
    const pattern = template === undefined || chosenBy !== undefined ? undefined : patternOf(template, url)
    if (pattern === undefined) warn(chosen(url, chosenBy))
    else if (/^http:/.test(pattern) && !loopback.test(pattern)) warn(open(url))
    return pattern ?? 'https://*'
  })
  const [first] = urls
  if (first === undefined) return { origins: [] }
  const distinct = [...new Set(origins)]
  const wild = distinct.filter((origin) => origin.includes('*'))
  if (wild.length > 1)
    warn({
      path: urls[1]?.at ?? '',
      message: `Several hosts depend on the settings (${wild.join(', ')}); credentials go to that of the base URL only.`,
    })
  const isFixed = !/[{}]/.test(first.text)
  return {
    baseUrl: isFixed
      ? first.text.trim()
      : ({ settings, credentials }) => {
          const world = { settings, now: () => 0, random: (length: number) => new Uint8Array(length) }
          const scope = scopeOf({ ...where, ...noAuthenticator }, world)
          const config = withValues(scope.config, earnedBy(paths, credentials))
          return renderUrlTemplate(first.text, { ...scope, config }, first.at)
        },
    origins: distinct,
  }
}

const noAuthenticator = {
  at: '',
  fields: {},
  oauth: (): never => {
    throw new TypeError('a base URL has no authenticator')
  },
}

const loopback = /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::|$)/

/** The origin of a form of a URL; undefined where one pattern cannot say it. */
function patternOf(template: string, { at }: UrlText): string | undefined {
  return attempt(at, () => originPattern(template))
}

const chosen = ({ at }: UrlText, by: readonly string[] | undefined): Warning => ({
  path: at,
  message: `${by === undefined ? 'The settings' : `"${by.join('.')}"`} may name any host over https, and the credentials go there.`,
})

const open = ({ at }: UrlText): Warning => ({
  path: at,
  message: 'Credentials are sent over http, where anybody on the way can read them; use https.',
})

import { isObject, type JsonObject } from '@latchkey/core/definition'

/** What an answer of a token endpoint calls its members. */
export interface AnswerNames {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: string
}

/** So many levels below the root are looked at. */
const deepest = 5

/**
 * An answer with its members at the root, wherever up to five levels deep they stand: `access_token`, `expires_in`,
 * `token_type`, and the refresh token under its own name. The nearest to the
 * root counts; of several equally near the one that has other members of a token beside it, then the first. What is
 * deeper is passed over. What belongs to the token is looked for beside it first. Pure.
 */
export function standardAnswer(body: unknown, names: AnswerNames): JsonObject {
  const levels = levelsOf(body)
  const own = [...standardNames, names.refreshToken]
  const root = Object.entries(isObject(body) ? body : {}).filter(([name]) => !own.includes(name))
  const family = [names.refreshToken, names.expiresIn, 'token_type', 'scope']
  const holder = levels
    .map((level) =>
      best(
        level.filter((each) => isText(each[names.accessToken])),
        family,
      ),
    )
    .find((each) => each !== undefined)
  const beside = (name: string, fits: (value: unknown) => boolean): unknown =>
    [...(holder === undefined ? [] : [holder]), ...levels.flat()].find(
      (each) => Object.hasOwn(each, name) && fits(each[name]),
    )?.[name]
  const found: (readonly [string, unknown])[] = [
    ['access_token', holder?.[names.accessToken]],
    [names.refreshToken, beside(names.refreshToken, isText)],
    ['expires_in', beside(names.expiresIn, (value) => isText(value) || typeof value === 'number')],
    ['token_type', beside('token_type', isText)],
  ]
  return Object.fromEntries([...root, ...found.filter(([, value]) => value !== undefined)]) as JsonObject
}

const standardNames = ['access_token', 'expires_in', 'token_type']

/** The objects of each level, in the order of the document. */
function levelsOf(body: unknown): JsonObject[][] {
  const levels: JsonObject[][] = []
  let level: readonly unknown[] = [body]
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    levels.push(level.filter(isObject))
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null ? (Object.values(each) as unknown[]) : [],
    )
  }
  return levels
}

function best(holders: readonly JsonObject[], family: readonly string[]): JsonObject | undefined {
  const kin = (each: JsonObject): number => family.filter((name) => Object.hasOwn(each, name)).length
  return holders.toSorted((a, b) => kin(b) - kin(a))[0]
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

// One way of signing in, from the first connection to each refusal.
import { browse, enter } from './person.mjs'

/** Connects with a key or a password, tests and requests, and is refused with a wrong one. */
export const plainRow = async (
  latchkey,
  { what, name, branch, args = [], env, request = [], wrong },
  { file, api },
) => {
  const connect = ['connect', file, ...(api ? ['--base-url', `${api}/${branch}`] : []), ...args]
  const refused =
    wrong ?? Object.fromEntries(Object.keys(env).map((variable) => [variable, 'wrong-secret-0']))
  return {
    what,
    connect: await latchkey([...connect, '--as', name], { given: env, stdout: 'Ada Lovelace' }),
    test: await latchkey(['test', name], { stdout: 'Ada Lovelace' }),
    request: await latchkey(['request', name, '/items', ...request], { stdout: 'Analytical engine' }),
    refused: await latchkey([...connect, '--as', `${name}-wrong`], { given: refused, code: 11 }),
  }
}

/** A person who reads the link, or the code of a device, and answers at the provider. */
const personWho = (answer) => (printed) => {
  const [, page, code] = /open (\S+) and enter the code (\S+)\n/.exec(printed) ?? []
  const [, link] = /open (\S+)\n/.exec(printed) ?? []
  if (page === undefined && link === undefined) return undefined
  const acted = page === undefined ? browse(link, answer) : enter(page, code, answer)
  return acted.then(() => `the person opens it, and presses ${answer === 'allow' ? 'Allow' : 'Deny'}`)
}

/** Connects with OAuth: consent, test, request, refresh; a wrong client and a consent that is denied are refused. */
export const oauthRow = async (latchkey, given, { file, keys }) => {
  const { what, name, args, env = {}, request, person, nameless, fixed, wrong } = given
  const filled = (words) =>
    words.map((word) => keys.reduce((known, [slot, path]) => known.replace(slot, path), word))
  const connect = (values, as) => [
    ...['connect', file, ...filled(values), '--as', as],
    ...(person && !fixed ? ['--no-browser'] : []),
  ]
  const who = (answer) => person && { person: personWho(answer) }
  const account = nameless ? `Connected ${name}.` : 'Ada Lovelace'
  const works = nameless ? `${name} works.` : 'Ada Lovelace'
  return {
    what,
    connect: await latchkey(connect(args, name), { given: env, stdout: account, ...who('allow') }),
    test: await latchkey(['test', name], { stdout: works }),
    request: await latchkey(['request', name, request], { stdout: 'Analytical engine' }),
    refresh: await latchkey(['refresh', name], { stdout: `Refreshed ${name}` }),
    again: await latchkey(['request', name, request], { stdout: 'Analytical engine' }),
    refused: await latchkey(connect(wrong.args ?? args, `${name}-wrong`), {
      given: { ...env, ...wrong.given },
      code: wrong.code,
      ...who('allow'),
    }),
    denied: person
      ? await latchkey(connect(args, `${name}-denied`), { given: env, code: 11, ...who('deny') })
      : undefined,
  }
}

import type { Connection, Prompt } from '@latchkey/core'
import { exit, failure } from '../output/failure.ts'
import { printable } from '../output/table.ts'
import { texts, type Session } from '../session.ts'
import type { Listener, Terminal } from '../terminal.ts'
import { listenerFor, redirectFrom } from './redirect.ts'
import { timeLeft, untilEnded } from './wait.ts'

/** How a person signs in. */
export interface ConsentFlags {
  /** False: the link is printed and no browser is opened. */
  readonly browser?: boolean | undefined
  /** As it is registered with the provider; default: a free port of 127.0.0.1. */
  readonly redirectUri?: string | undefined
  /** Asked for besides those of the connector and those that are held. */
  readonly scope?: readonly string[] | undefined
}

/** What is signed in to. */
export interface Consenting {
  /** The connector's key: its redirects come back at a path of its own. */
  readonly key: string
  readonly consent: Connection['authorize']
}

/** Where the browser ends; elsewhere there is nothing to wait for. */
type Place = Pick<Listener, 'redirectUri'> & Partial<Listener>

/** How long a person may take where the provider names no end, in milliseconds. */
const patienceMs = 600_000

/** Lets a person sign in: in a browser that comes back to this machine, or on another device with a code. */
export async function authorize(session: Session, target: Consenting, flags: ConsentFlags): Promise<void> {
  const redirect = redirectFrom(session.terminal, target.key, flags.redirectUri)
  await untilEnded(session.terminal, async (signal) => {
    const { redirectUri, answer, close }: Place =
      'url' in redirect ? { redirectUri: redirect.url } : await listenerFor(session.terminal, redirect)
    try {
      const prompt = await target.consent.begin({
        redirectUri,
        ...(flags.scope !== undefined && { scopes: flags.scope }),
      })
      session.hide(texts(prompt.pending).filter(isTelling))
      if (prompt.intervalMs !== undefined) {
        await close?.()
        await byCode(session, target.consent, prompt, prompt.intervalMs, signal)
        return
      }
      const callback =
        answer === undefined
          ? await pasted(session, prompt)
          : await browsed(session, prompt, answer, flags, signal)
      session.hide([...callback.values()].filter(isTelling))
      if (await target.consent.complete(prompt.pending, callback, { redirectUri })) return
      throw failure(exit.reconnect, 'The sign-in was not finished.', 'You must sign in again.')
    } finally {
      await close?.()
    }
  })
}

/** What may be a code, a state or a verifier, and no word or address that is said elsewhere. */
const isTelling = (text: string): boolean => /^\S{16,}$/.test(text) && !URL.canParse(text)

function link({ page }: Terminal, url: string): string {
  return page?.(url) ?? url
}

/** RFC 8252 section 7.3: the browser ends at this machine. */
async function browsed(
  session: Session,
  { url, expiresAt }: Prompt,
  answer: Promise<URLSearchParams>,
  { browser }: ConsentFlags,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  const { terminal } = session
  const { prompter } = terminal
  if (prompter === undefined && browser !== false) throw needsPerson()
  const address = link(terminal, url)
  const opened = browser !== false && (await terminal.open(address))
  terminal.err(
    opened
      ? `Your browser opens to sign in. If it does not, open ${printable(address)}\n`
      : `To sign in, open ${printable(address)}\n`,
  )
  const end = Math.min(expiresAt ?? Infinity, terminal.now() + patienceMs)
  const stop = terminal.waiting?.(() => `Waiting for the browser … ${timeLeft(end - terminal.now())}`)
  try {
    const late = terminal.sleep(end - terminal.now(), signal).then(() => {
      throw tooLate('Nobody signed in in time.')
    })
    return await Promise.race([answer, late])
  } finally {
    stop?.()
  }
}

/** Where the redirect goes elsewhere, the person brings the address back. */
async function pasted({ terminal }: Session, { url }: Prompt): Promise<URLSearchParams> {
  const { prompter } = terminal
  if (prompter === undefined) throw needsPerson()
  terminal.err(`To sign in, open ${printable(link(terminal, url))}\n`)
  const address = await prompter.password({
    message: 'The address that the browser ends at (not shown)',
    problem: (text) => (URL.canParse(text) ? undefined : 'Paste the whole address.'),
  })
  return new URL(address).searchParams
}

/** RFC 8628 section 3.3: the code is entered elsewhere, and the provider is asked until that has happened. */
async function byCode(
  { terminal }: Session,
  consent: Connection['authorize'],
  { url, userCode, pending, expiresAt }: Prompt,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  const code = userCode === undefined ? '' : ` and enter the code ${printable(userCode)}`
  terminal.err(`To sign in, open ${printable(link(terminal, url))}${code}\n`)
  const end = expiresAt ?? terminal.now() + patienceMs
  const stop = terminal.waiting?.(() => `Waiting for you … ${timeLeft(end - terminal.now())}`)
  try {
    do {
      await terminal.sleep(intervalMs, signal)
      if (await consent.complete(pending, '')) return
    } while (terminal.now() < end)
  } finally {
    stop?.()
  }
  throw tooLate('Nobody signed in before the code ended.')
}

function tooLate(message: string): Error {
  return failure(exit.reconnect, message, 'You must run it again, and sign in in time.')
}

function needsPerson(): Error {
  return failure(
    exit.reconnect,
    'This way of signing in needs a person.',
    'You must run it at a terminal, or choose another --option; --no-browser prints the link and waits.',
  )
}

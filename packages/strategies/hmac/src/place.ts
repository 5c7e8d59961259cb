import { headerValue, percentEncode } from '@latchkey/core/http'
import type { Compiled, Target } from './compile.ts'
import { slotValue, type Subject } from './signature.ts'
import { fillText } from './template.ts'

/** Takes away the caller's parameters that are ours to give. */
export function clear(url: URL, { before, after }: Compiled): void {
  const names = [...before, ...after].filter((target) => target.in === 'query').map(({ name }) => name)
  if (names.length === 0 || url.search === '') return
  const isOurs = (pair: string): boolean => names.some((name) => new URLSearchParams(`&${pair}`).has(name))
  url.search = url.search
    .slice(1)
    .split('&')
    .filter((pair) => !isOurs(pair))
    .join('&')
}

/** Puts one template where it goes. */
export function place(
  { in: at, name, template }: Target,
  subject: Subject,
  bodyHash: string,
  signature: string,
): void {
  const value = fillText(template, (slot) => {
    if (slot.name === 'signature') return signature
    if (slot.name === 'bodyHash') return bodyHash
    return slotValue(slot, subject)
  })
  if (at === 'header') subject.headers.set(name, headerValue(value, name))
  else {
    const { search } = subject.url
    subject.url.search = `${search}${search === '' ? '' : '&'}${percentEncode(name)}=${percentEncode(value)}`
  }
}

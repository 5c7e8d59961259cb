import { hostname, label } from '../http/label.ts'
import type { TextField } from './field.ts'

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/
const email = /^(?=.{1,254}$)[^\s@<>()[\]\\,;:"]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+$/
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/** The label or name must also come out of the URL parser as it went in: `xn--` alone and `127.1` do not. */
function survives(host: string): boolean {
  return parse(`https://${host}`)?.hostname === host.toLowerCase()
}

function isUrl(text: string): boolean {
  const url = /^https?:\/\/[^\s\\]+$/i.test(text) ? parse(text) : undefined
  if (url === undefined || url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || loopback.test(url.hostname)
}

const isHostname = (text: string): boolean => hostname.test(text) && survives(text)
const isSubdomain = (text: string): boolean => label.test(text) && survives(`${text}.example.com`)
const isEmail = (text: string): boolean => email.test(text)
const isUuid = (text: string): boolean => uuid.test(text)

/** What each format accepts, and what to tell a person whose value is something else. */
export const formats: Readonly<
  Record<NonNullable<TextField['format']>, readonly [accepts: (text: string) => boolean, problem: string]>
> = {
  url: [isUrl, 'Enter a web address that starts with https:// and holds no user name or password.'],
  hostname: [isHostname, 'Enter a host name such as api.example.com, without https:// and without a path.'],
  subdomain: [
    isSubdomain,
    'Enter only the first part of the address (acme for acme.example.com): letters, digits and dashes, no dots.',
  ],
  email: [isEmail, 'Enter an email address such as name@example.com.'],
  uuid: [isUuid, 'Enter an id of the form 123e4567-e89b-12d3-a456-426614174000.'],
}

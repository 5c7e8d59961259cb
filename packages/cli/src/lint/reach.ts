import { isObject } from '@latchkey/core/definition'
import { allFields } from '../describe/ways.ts'
import { hostsOf } from '../describe/describe.ts'
import { placeOf } from './lifecycle.ts'
import { stringsIn } from './strings.ts'
import type { Finding, Rules, Subject } from './types.ts'

/** Suffixes under which anybody can register a name: of registries with two labels, and of hosting companies. */
const shared = new Set(
  `co.uk org.uk ac.uk gov.uk com.au net.au org.au co.nz co.jp ne.jp or.jp co.kr co.in com.br com.cn com.mx com.tr co.za
  com.sg com.hk com.tw github.io gitlab.io herokuapp.com vercel.app netlify.app pages.dev workers.dev web.app
  firebaseapp.com appspot.com run.app amazonaws.com cloudfront.net azurewebsites.net cloudapp.net windows.net
  ngrok.io ngrok.app ngrok-free.app onrender.com fly.dev`.split(/\s+/),
)
const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/** Where credentials can go, and how safely. */
export const reach: Rules = (subject) => [
  ...subject.ways.flatMap(({ leaf }) => hostsOf(subject.connector, leaf)).flatMap(ofHost),
  ...ofNowhere(subject),
  ...ofFields(subject),
  ...ofUrls(subject),
]

function ofHost(host: string): Finding[] {
  const [, authority = ''] = /^https?:\/\/([^/?#]*)/.exec(host) ?? []
  const name = authority.replace(/:\d+$/, '')
  if (name === '*' || /^\{[^{}]*\}$|\{[^{}]*:host\}/.test(name)) return [chosen(host)]
  if (name.includes('{')) {
    return [
      {
        code: 'host-slot',
        severity: 'note',
        at: host,
        message:
          'A value of the form is a part of the host. It is held to one DNS label; check that every name there is the provider’s own.',
      },
      ...(isShared(name.replace(/^.*\}\.?/, '')) ? [wide(host)] : []),
    ]
  }
  return name.startsWith('*.') && isShared(name.slice(2)) ? [wide(host)] : []
}

function ofNowhere({ connector, ways }: Subject): Finding[] {
  const isComputed = typeof connector.baseUrl === 'function' || typeof connector.origins === 'function'
  return ways.flatMap((way) =>
    isComputed || typeof way.leaf.baseUrl === 'function' || hostsOf(connector, way.leaf).length > 0
      ? []
      : [
          {
            code: 'no-host',
            severity: 'error',
            at: placeOf(way, 'baseUrl'),
            message:
              'Nothing says where the credentials may go, so that no request can be made. Name a base URL or origins.',
          },
        ],
  )
}

const isShared = (suffix: string): boolean => !suffix.includes('.') || shared.has(suffix.toLowerCase())

const chosen = (at: string): Finding => ({
  code: 'host-chosen',
  severity: 'warning',
  at,
  message:
    'Whoever fills in the form chooses the host that sees the credentials. Name the hosts, unless users run this software themselves.',
})

const wide = (at: string): Finding => ({
  code: 'wide-origin',
  severity: 'error',
  at,
  message:
    'Strangers can register names under this suffix and would see the credentials. Name the provider’s own domain.',
})

function ofFields({ connector }: Subject): Finding[] {
  return Object.entries(allFields(connector)).flatMap(([name, field]) => {
    const takesHost = 'format' in field && (field.format === 'url' || field.format === 'hostname')
    if (!takesHost || field.owner === 'app') return []
    return [
      {
        ...chosen(name),
        message: `"${field.label}" takes an address. If credentials go there, whoever fills in the form chooses who sees them: name the hosts, or ask for a subdomain.`,
      },
    ]
  })
}

function ofUrls({ connector, ways, definition }: Subject): Finding[] {
  const own = [
    { at: 'helpUrl', text: connector.helpUrl ?? '' },
    ...ways.map(({ leaf }) => ({ at: 'helpUrl', text: leaf.helpUrl ?? '' })),
    ...ways.flatMap(({ leaf }) => hostsOf(connector, leaf).map((text) => ({ at: text, text }))),
  ]
  const content =
    definition && isObject(definition.content) && definition.format !== 'segment'
      ? stringsIn(definition.content)
      : []
  const found = [
    ...own,
    ...content.filter(({ at }) => /ur[il]|endpoint|host|path/i.test(at.split(/[.[]/).at(-1) ?? '')),
  ]
  const places = found.filter(({ text }) => {
    const [, host = ''] = /^http:\/\/([^/:?#\s]+)/i.exec(text) ?? []
    return host !== '' && !loopback.test(host)
  })
  return [...new Set(places.map(({ at }) => at))].map((at) => ({
    code: 'insecure-url',
    severity: 'warning',
    at,
    message:
      'This address is http, so whoever is on the way can read and change what goes there. Write https.',
  }))
}

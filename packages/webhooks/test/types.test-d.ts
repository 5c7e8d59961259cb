import { connect, none, type OnEvent } from '@latchkey/core'
import { webhooks, type Webhooks } from '@latchkey/webhooks'

const send: Webhooks = webhooks({ url: 'https://hooks.test/', secret: ['whsec_a', 'whsec_b'] })
const onEvent: OnEvent = send
connect(none(), { settings: {}, onEvent: send })
const closed: Promise<void> = send.close()
webhooks({
  url: 'https://hooks.test/',
  secret: 'whsec_a',
  select: ({ type, tenant }) => type === 'connection.expiring' && tenant === 'a',
  onUndelivered: ({ id, event, attempts, problem }) => [id, event.type, attempts, problem],
})

// @ts-expect-error nothing is sent unsigned
webhooks({ url: 'https://hooks.test/' })
// @ts-expect-error there is no such option
webhooks({ url: 'https://hooks.test/', secret: 'whsec_a', retries: 3 })

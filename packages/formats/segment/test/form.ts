import { connect, type Fields } from '@latchkey/core'
import type { Imported } from '@latchkey/core/definition'
import { fromSegment, type SegmentOptions } from '@latchkey/format-segment'
import { network } from '../../../../tools/network.ts'
import { api, destination } from './support.ts'

export const read = (fields: object, options: SegmentOptions = {}): Imported =>
  fromSegment(destination({ extendRequest: () => ({}) }, { fields }), { origins: [api], ...options })
export const fieldsOf = (fields: object, options?: SegmentOptions): Fields =>
  read(fields, options).connector.auth.fields
export const faultsOf = (fields: object, settings: object): unknown => {
  const { connector } = read(fields)
  try {
    connect(connector, { settings, fetch: network().fetch })
    return undefined
  } catch (error) {
    return (error as { faults: unknown }).faults
  }
}

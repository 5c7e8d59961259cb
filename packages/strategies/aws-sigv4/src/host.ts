import type { Scope } from './signature.ts'

const region = /^[a-z]{2,3}(?:-[a-z]+)+-\d{1,2}$/

/** Whether a text has the form of an AWS region, which may stand in a host name. */
export const isRegion = (text: string): boolean => region.test(text)

/** Signing names that are not the host's label. */
const names: Readonly<Record<string, string>> = {
  appstream2: 'appstream',
  cloudhsmv2: 'cloudhsm',
  email: 'ses',
  'git-codecommit': 'codecommit',
  'lambda-url': 'lambda',
  marketplace: 'aws-marketplace',
  'mturk-requester-sandbox': 'mturk-requester',
  'personalize-runtime': 'personalize',
  pinpoint: 'mobiletargeting',
  queue: 'sqs',
  's3-accelerate': 's3',
}

/** What an AWS host says of service and region; undefined where it does not. */
export function hostScope(host: string): { readonly [K in keyof Scope]?: Scope[K] | undefined } {
  const name =
    /^([\w.-]+)\.(?:amazonaws\.com(\.cn)?|api\.(?:aws|amazonwebservices\.com\.cn)|on\.aws)(?::\d+)?$/i.exec(
      host,
    )
  if (name === null) return {}
  const labels = (name[1] ?? '')
    .toLowerCase()
    .split('.')
    .filter((label) => !['dualstack', 'fips', 'vpce'].includes(label))
    // s3-us-west-2, the old way to write s3.us-west-2
    .flatMap((label) =>
      label.startsWith('s3-') && isRegion(label.slice(3)) ? ['s3', label.slice(3)] : [label],
    )
  const at = labels.findLastIndex(isRegion)
  // search-x.us-east-1.es has its service behind the region.
  const label = at < 0 || at < labels.length - 1 ? labels.at(-1) : labels[at - 1]
  // A device's own host (a1-ats.iot.us-east-1) is another service than the control plane.
  const service = label === 'iot' && at > 1 ? 'iotdata' : label?.replace(/-fips$/, '')
  const global = name[2] === undefined ? 'us-east-1' : 'cn-north-1'
  return {
    region: at < 0 ? (service === 's3-accelerate' ? undefined : global) : labels[at],
    service: service === undefined ? undefined : (names[service] ?? service),
  }
}

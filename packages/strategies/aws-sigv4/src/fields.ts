import type { Field } from '@latchkey/core'
import { shapes } from './identity.ts'

interface Text<Type extends 'string' | 'password', Required extends boolean> {
  readonly type: Type
  readonly label: string
  readonly required: Required
  readonly public?: boolean
  readonly help?: string
  readonly pattern: string
  readonly patternHint: string
}

/** Where the keys come from the form. */
export type KeyFields = {
  readonly accessKeyId: Text<'string', true>
  readonly secretAccessKey: Text<'password', true>
  readonly sessionToken: Text<'password', false>
}

/** Where a role is assumed. */
export type RoleFields = {
  readonly roleArn: Text<'string', true>
  readonly externalId: Text<'string', false>
}

/** Asked where no option says it; may stay empty where the host's name does. */
export type ScopeFields = {
  readonly region: Text<'string', false>
  readonly service: Text<'string', false>
}

const hint = 'Copy the value exactly as AWS shows it, without spaces around it.'

const keys: KeyFields = {
  accessKeyId: {
    type: 'string',
    label: 'Access key ID',
    help: 'IAM → Users → Security credentials → Access keys',
    required: true,
    public: true,
    pattern: shapes.accessKeyId,
    patternHint: hint,
  },
  secretAccessKey: {
    type: 'password',
    label: 'Secret access key',
    help: 'Shown once, when the access key is created',
    required: true,
    pattern: shapes.secretAccessKey,
    patternHint: hint,
  },
  sessionToken: {
    type: 'password',
    label: 'Session token',
    help: 'Only for temporary credentials',
    required: false,
    pattern: shapes.sessionToken,
    patternHint: hint,
  },
}

const role: RoleFields = {
  roleArn: {
    type: 'string',
    label: 'Role ARN',
    help: 'IAM → Roles → the role that this account lets in',
    required: true,
    public: true,
    pattern: 'arn:[\\w-]+:iam::\\d{12}:role/[\\x21-\\x7e]+',
    patternHint: 'A role looks like arn:aws:iam::123456789012:role/Name.',
  },
  externalId: {
    type: 'string',
    label: 'External ID',
    help: 'As the role’s trust policy names it',
    required: false,
    pattern: '[\\w+=,.@:/-]{2,1224}',
    patternHint: hint,
  },
}

const scope: ScopeFields = {
  region: {
    type: 'string',
    label: 'Region',
    help: 'Such as eu-west-1; empty where the host’s name says it',
    required: false,
    public: true,
    pattern: '[a-z0-9-]+',
    patternHint: 'A region looks like eu-west-1.',
  },
  service: {
    type: 'string',
    label: 'Service',
    help: 'The signing name, such as execute-api; empty where the host’s name says it',
    required: false,
    public: true,
    pattern: '[a-zA-Z0-9-]+',
    patternHint: 'A service looks like execute-api.',
  },
}

/** The form that these options leave to be filled in. */
export function fieldsFor(options: {
  readonly credentials?: unknown
  readonly assumeRole?: unknown
  readonly region?: unknown
  readonly service?: unknown
}): Readonly<Record<string, Field>> {
  return {
    ...(options.credentials === undefined && keys),
    ...(options.assumeRole !== undefined && role),
    ...(options.region === undefined && { region: scope.region }),
    ...(options.service === undefined && { service: scope.service }),
  }
}

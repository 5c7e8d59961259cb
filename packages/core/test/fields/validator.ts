import { Ajv2020 } from 'ajv/dist/2020.js'

/** A validator that knows nothing of us; its strict mode refuses keywords that mean nothing. */
export function validator(schema: object): (settings: unknown) => boolean {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false })
  ajv.addFormat('uri', (value: string) => URL.canParse(value))
  for (const name of ['hostname', 'email', 'uuid', 'password']) ajv.addFormat(name, true)
  return ajv.compile(schema)
}

import type { Place } from '@latchkey/core/http'

/** Where one key goes. In a JSON body a name is one member's, dots and all, and an array of names is a path. */
export type Placement<Name extends string = string> = Place & {
  /** The field whose value goes here; default: `apiKey`, or the only field there is. */
  readonly field?: Name | undefined
}

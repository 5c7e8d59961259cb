/** A field of a preset that may be shown. */
export interface Public {
  readonly type: 'string'
  readonly label: string
  readonly required: true
  readonly public: true
  readonly pattern: string
}

/** A field of a preset that may not. */
export interface Secret {
  readonly type: 'password'
  readonly label: string
  readonly required: true
  readonly pattern?: string
}

/** What goes into a header as it is. */
export const visible = '[\\x21-\\x7e]+'

/** A public field, in characters that its place takes. */
export const field = (label: string, pattern = visible): Public => ({
  type: 'string',
  label,
  required: true,
  public: true,
  pattern,
})

/** A secret field. */
export const secret = (label: string): Secret => ({ type: 'password', label, required: true })

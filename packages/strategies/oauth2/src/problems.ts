/** Why an answer with a token in it cannot be used, by a word that is stored. */
export const problems = {
  truncated: 'was cut off',
  tokenless: 'has no access token',
  untyped: 'has an access token that is no text',
  oversized: 'has an access token that is too long for a header',
  unprintable: 'has an access token with a character that no header takes',
  unbound: 'has a token without the proof of possession that was asked for (DPoP)',
  unusable: 'has a token of a kind that this connection cannot present',
} as const

export type Problem = keyof typeof problems

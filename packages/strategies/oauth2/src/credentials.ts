import type { Json } from '@latchkey/core'
import type { Problem } from './problems.ts'

/** One token of several in an answer. */
export type Token = {
  readonly accessToken: string
  readonly tokenType?: string | undefined
  readonly refreshToken?: string | undefined
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined
  readonly scopes?: readonly string[] | undefined
}

/** A client that was registered for this connection alone. RFC 7591. */
export type RegisteredClient = {
  readonly clientId: string
  readonly clientSecret?: string | undefined
  readonly clientAuth?: string | undefined
  /** When the secret ends, in epoch milliseconds. */
  readonly expiresAt?: number | undefined
  readonly redirectUri?: string | undefined
}

/**
 * What is stored. A connection may start from tokens that were earned elsewhere: an access token alone is static, with a
 * refresh token it lives on.
 */
export type OAuth2Credentials = {
  /** Absent only where a spoilt answer brought nothing but a refresh token. */
  readonly accessToken?: string | undefined
  /** As the provider writes it. */
  readonly tokenType?: string | undefined
  readonly refreshToken?: string | undefined
  /** Of the access token, in epoch milliseconds; absent: until it is rejected. */
  readonly expiresAt?: number | undefined
  readonly refreshExpiresAt?: number | undefined
  /** As granted; equal to those requested where the provider says nothing. */
  readonly scopes?: readonly string[] | undefined
  readonly requestedScopes?: readonly string[] | undefined
  /** Of the ID token, checked. */
  readonly claims?: { readonly [name: string]: Json } | undefined
  /** What `response.keep` names. */
  readonly metadata?: { readonly [name: string]: Json } | undefined
  /** What `response.tokens` names. */
  readonly tokens?: { readonly [name: string]: Token } | undefined
  /** What `callbackValues` names. */
  readonly callback?: { readonly [name: string]: string } | undefined
  /** The authorization server that issued these: they go to no other. */
  readonly issuer?: string | undefined
  readonly client?: RegisteredClient | undefined
  /** The private key that the tokens are bound to, as a JWK. RFC 9449. */
  readonly dpopKey?: { readonly [name: string]: Json } | undefined
  /** Why there is no access token. */
  readonly problem?: Problem | undefined
}

export { basicHeader } from './basic.ts'
export type { BasicOptions } from './basic.ts'
export { mergeJsonBody, replaceBody, textBody } from './json-body.ts'
export type { JsonClash } from './json-body.ts'
export { accountOf, testWith } from './test-request.ts'
export type { TestRequest } from './test-request.ts'
export { mergeRequest, paramsOf } from './request-options.ts'
export type { MergedRequest, RequestOptions, SearchParams } from './request-options.ts'
export { createRequestClient } from './request-client.ts'
export type { RequestClient, RequestClientOptions, RequestResult } from './request-client.ts'
export { authKy, kyFor } from './ky.ts'
export {
  base64Decode,
  base64Encode,
  base64urlDecode,
  base64urlEncode,
  bodyBytes,
  formEncode,
  hexDecode,
  hexEncode,
  percentEncode,
  utf8,
} from './encoding.ts'
export { expiryOf, expiryOfJwt } from './expiry.ts'
export type { ExpiryFormat } from './expiry.ts'
export { baseUrlOf, extend } from './extension.ts'
export type { Extension } from './extension.ts'
export { exactBody } from './exact-body.ts'
export { learnClock, learnTime, serverNow } from './clock-offset.ts'
export { headerName, headerValue, quoted } from './header.ts'
export { parseChallenges, parseParams } from './challenge.ts'
export type { Challenge } from './challenge.ts'
export { httpFailure, networkFailure, retryAfterOf, statusOf, toAuthError } from './failure.ts'
export type { FailureContext, HttpCause } from './failure.ts'
export { checkOrigin, matchesOrigin, originPattern } from './origin.ts'
export { parseUrlTemplate, renderUrl } from './url-template.ts'
export type { RenderOptions, SlotKind, UrlPiece, UrlTemplate } from './url-template.ts'
export { peekBody } from './peek.ts'
export { putCookie } from './cookie.ts'
export { checkPlaces, placeGuard, placeName, placePattern } from './placement.ts'
export type { Clash, Place } from './placement.ts'
export { put, putAll } from './put.ts'
export type { Placing } from './put.ts'
export { jsonSlotNames, renderJson, renderOptional, renderText, slotNames } from './template.ts'
export type { SlotValues } from './template.ts'
export { redact } from './redact.ts'

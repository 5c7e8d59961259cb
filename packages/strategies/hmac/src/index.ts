export { hmac, type About, type HmacOptions, type StandardFields } from './hmac.ts'
export type { BodyHash, Description, SignedHeaders } from './description.ts'
export type { Encoding, NonceFormat, SecretEncoding, TimestampFormat } from './formats.ts'
export { akamaiEdgeGrid, edgeGridOptions, type EdgeGridFields, type EdgeGridOptions } from './edgegrid.ts'
export {
  binance,
  binanceOptions,
  coinbase,
  coinbaseOptions,
  type BinanceFields,
  type CoinbaseFields,
} from './exchanges.ts'
export { wsse, wsseOptions, type WsseFields, type WsseOptions } from './wsse.ts'
export { hawk, type HawkFields, type HawkOptions } from './hawk.ts'
export type { HawkAlgorithm } from './hawk-mac.ts'
export { httpSignature } from './http-signature.ts'
export type { PrivateFields, PrivateOptions, SharedFields, SharedOptions } from './http-signature-options.ts'

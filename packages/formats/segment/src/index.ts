export { fromSegment } from './from-segment.ts'
export { probeOrigins } from './probe-origins.ts'
export type {
  AfterResponse,
  BeforeRequest,
  SegmentAuth,
  SegmentClientAuth,
  SegmentCondition,
  SegmentConditions,
  SegmentDestination,
  SegmentField,
  SegmentOptions,
  SegmentRequest,
  SegmentRequestOptions,
  SegmentResponse,
  SegmentSettings,
} from './types.ts'

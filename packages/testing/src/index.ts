export { type Runner } from './check.ts'
export { fakeClock, type FakeClock } from './clock.ts'
export { type StoreClock, type StoreFactory, type StoreUnderTest } from './store/bench.ts'
export { testStore, type StoreKind } from './store/test-store.ts'

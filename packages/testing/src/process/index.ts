export { storeProcess } from './process.ts'
export { serveStore } from './serve.ts'

/** The system's clock, in epoch milliseconds. */
export const systemNow = (): number => Date.now()

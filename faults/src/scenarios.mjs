const graceMs = 30_000
const kill = { killMs: 250 }

/** What is done to the processes, the store and the provider's answers, and what must come of it. */
export const scenarios = {
  calm: {
    name: 'calm',
    title: 'no faults',
    must: (r) => r.lost === 0 && r.concurrent === 0 && r.tokenRequests === r.rotations,
    law: '0 lost, one token request a rotation, never two with one token',
  },
  killed: {
    name: 'killed',
    title: 'kill −9 every 250 ms',
    ...kill,
    must: (r) => r.unexplained === 0 && r.concurrent === 0,
    law: 'every loss explained by its window',
  },
  'killed-grace': {
    name: 'killed-grace',
    title: 'kill −9 every 250 ms',
    ...kill,
    graceMs,
    must: (r) => r.lost === 0 && r.concurrent === 0,
    law: '0 lost',
  },
  stalled: {
    name: 'stalled',
    title: 'stop and continue, 1 to 8 s',
    stallMs: 500,
    must: (r) => r.unexplained === 0 && r.concurrent === 0,
    law: 'every loss explained, never two requests with one token',
  },
  outages: {
    name: 'outages',
    title: 'the store goes away',
    outageMs: 2500,
    must: (r) => r.lost === 0,
    law: '0 lost',
  },
  drained: {
    name: 'drained',
    title: 'rolling SIGTERM every 250 ms',
    drainMs: 250,
    must: (r) => r.lost === 0 && r.concurrent === 0,
    law: '0 lost',
  },
  churned: {
    name: 'churned',
    title: 'connections are removed and signed in anew while they are renewed',
    churn: true,
    must: (r) => r.unexplained === 0 && r.found.stale === 0 && r.found.count > 0,
    law: 'nothing of an old grant survives',
  },
  gauntlet: {
    name: 'gauntlet',
    title: 'kills, stalls, outages, dropped answers, 503s, clocks apart',
    killMs: 500,
    stallMs: 1000,
    outageMs: 8000,
    skews: [0, 900, -900],
    provider: { dropped: 0.02, unavailable: 0.02 },
    graceMs,
    must: (r) => r.lost === 0,
    law: '0 lost, memory flat',
  },
}

import { expect, test } from '@jest/globals'
import { audit } from '../src/audit.mjs'

const entry = { token: 'a.0', client: 'p7', arrivedAt: 1000, actedAt: 1010, answeredAt: 1020, status: 200 }
const given = {
  held: [{ key: 'a', token: 'a.0' }],
  families: new Map([['a', { live: 1, revoked: false }]]),
  log: [entry],
  kills: [] as { pid: number; at: number }[],
  stalls: [] as { pid: number; from: number; until: number }[],
}

test('a store that holds the living token has lost nothing', () => {
  const held = [{ key: 'a', token: 'a.1' }]
  expect(audit({ ...given, held })).toEqual({ lost: [], unexplained: [] })
})

test('a revoked family is lost even if the store holds its last token', () => {
  const families = new Map([['a', { live: 1, revoked: true }]])
  const held = [{ key: 'a', token: 'a.1' }]
  expect(audit({ ...given, held, families }).unexplained).toHaveLength(1)
})

test('of a revoked family that token is explained which was presented twice, whatever the store holds by now', () => {
  const families = new Map([['a', { live: 1, revoked: true }]])
  const held = [{ key: 'a', token: 'a.1' }]
  const again = { ...entry, client: 'p8', arrivedAt: 9000, actedAt: 9010, answeredAt: 9020, status: 400 }
  const stalls = [{ pid: 7, from: 1005, until: 9500 }]
  expect(audit({ ...given, held, families, log: [entry, again], stalls }).lost).toMatchObject([
    { because: 'its process stood still between the provider and the store' },
  ])
})

test('a child that nobody wrote, although nobody was harmed, is a fault of ours', () => {
  expect(audit(given).unexplained).toEqual([
    { key: 'a', token: 'a.0', because: undefined, detail: 'used by process 7, which nobody harmed' },
  ])
})

test('a kill from the arrival of the request to one second after its answer explains the loss, another does not', () => {
  const at = (moment: number, pid = 7) => audit({ ...given, kills: [{ pid, at: moment }] }).unexplained.length
  expect([at(999), at(1000), at(2020), at(2021), at(1010, 8)]).toEqual([1, 0, 0, 1, 1])
})

test('a dropped answer explains the loss', () => {
  expect(audit({ ...given, log: [{ ...entry, dropped: true }] }).lost).toMatchObject([
    { because: 'its answer was dropped' },
  ])
})

test('a stall explains the loss only while it overlaps the window', () => {
  const stalled = (from: number, until: number) =>
    audit({ ...given, stalls: [{ pid: 7, from, until }] }).unexplained.length
  expect([stalled(0, 999), stalled(900, 1005), stalled(2021, 9000)]).toEqual([1, 0, 1])
})

test('the first request that used the token decides, not who presented it again', () => {
  const again = { ...entry, client: 'p8', arrivedAt: 9000, actedAt: 9010, answeredAt: 9020, status: 400 }
  const kills = [{ pid: 8, at: 9005 }]
  expect(audit({ ...given, log: [entry, again], kills }).unexplained).toHaveLength(1)
})

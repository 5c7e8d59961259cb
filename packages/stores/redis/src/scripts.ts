import { createHash } from 'node:crypto'

/** A step that Redis does as a whole. */
export interface Script {
  readonly text: string
  readonly sha: string
}

/** The server's clock, in epoch milliseconds. */
export const serverClock = "local t = redis.call('TIME') return t[1] * 1000 + math.floor(t[2] / 1000)"

// KEYS[1] is the record; ARGV[1] is what the names of its partition begin with, ARGV[2] its key. All that a script touches
// has the same hash tag. A moment is written with 17 digits, because Lua's own 14 would lose some.
const common = (clock: string): string => `
local record, base, key = KEYS[1], ARGV[1], ARGV[2]
local function now() ${clock} end
local function digits(moment) return string.format('%.17g', moment) end
local function put(first)
  for i = first, #ARGV, 2 do redis.call('HSET', record, ARGV[i], ARGV[i + 1]) end
end
local function index_due(add)
  local f = redis.call('HMGET', record, 'due_at', 'paused', 'waits')
  if not f[1] then return end
  if add and not f[2] and not f[3] then redis.call('ZADD', base .. 'due', 0, f[1] .. key)
  else redis.call('ZREM', base .. 'due', f[1] .. key) end
end
local function index(add)
  local f = redis.call('HMGET', record, 'connector', 'owner', 'tenant')
  local names = { 'keys', f[1] and 'connector:' .. f[1], f[2] and 'owner:' .. f[2], f[3] and 'tenant:' .. f[3] }
  for i = 1, 4 do
    if names[i] then
      if add then redis.call('ZADD', base .. names[i], 0, key) else redis.call('ZREM', base .. names[i], key) end
    end
  end
  index_due(add)
end
local function is_parent(version, grant)
  local f = redis.call('HMGET', record, 'version', 'grant_id')
  return f[1] == version and f[2] == grant
end
`

/** What a page has of each record, in this order. */
export const listedFields = [
  'version',
  'record',
  'failure',
  'lease_owner',
  'lease_until',
  'intent_at',
  'next_attempt_at',
  'created_at',
  'updated_at',
] as const

const fields = listedFields.map((name) => `'${name}'`).join(', ')

const bodies = {
  read: `return redis.call('HGETALL', record)`,

  // From ARGV[3] on: fields and values.
  create: `
if redis.call('EXISTS', record) == 1 then return 0 end
local at = digits(now())
put(3)
redis.call('HSET', record, 'version', '1', 'created_at', at, 'updated_at', at)
index(true)
return 1`,

  // version, grant, owner, leaseMs, quiesceMs. Gives the moment of the earlier attempt, or '' for none.
  acquire: `
if not is_parent(ARGV[3], ARGV[4]) then return false end
local f = redis.call('HMGET', record, 'next_attempt_at', 'lease_until', 'intent_at')
local at = now()
if f[1] and tonumber(f[1]) > at then return false end
local quiesce = f[3] and tonumber(ARGV[7]) or 0
if f[2] and tonumber(f[2]) + quiesce > at then return false end
redis.call('HSET', record, 'lease_owner', ARGV[5], 'lease_until', digits(at + tonumber(ARGV[6])), 'intent_at', digits(at))
return f[3] or ''`,

  // version, grant, '1' to keep the lease; from ARGV[6] on: fields and values.
  commit: `
if not is_parent(ARGV[3], ARGV[4]) then return 0 end
local kept = { 'lease_owner', 'lease_until', 'intent_at', 'next_attempt_at' }
local f = redis.call('HMGET', record, 'created_at', unpack(kept))
index(false)
redis.call('DEL', record)
put(6)
redis.call('HSET', record, 'version', string.format('%d', ARGV[3] + 1), 'created_at', f[1], 'updated_at', digits(now()))
if ARGV[5] == '1' then
  for i = 1, 4 do if f[i + 1] then redis.call('HSET', record, kept[i], f[i + 1]) end end
end
index(true)
return 1`,

  // owner, '1' to keep the attempt, waitMs or '', failure or '', '1' if it waits for a person.
  release: `
local f = redis.call('HMGET', record, 'lease_owner', 'lease_until')
if f[1] ~= ARGV[3] then return 0 end
local at = now()
if ARGV[4] == '1' then redis.call('HSET', record, 'lease_until', digits(math.min(tonumber(f[2]), at)))
else redis.call('HDEL', record, 'lease_owner', 'lease_until', 'intent_at') end
if ARGV[5] == '' then redis.call('HDEL', record, 'next_attempt_at')
else redis.call('HSET', record, 'next_attempt_at', digits(at + tonumber(ARGV[5]))) end
if ARGV[6] ~= '' then
  index_due(false)
  redis.call('HSET', record, 'failure', ARGV[6])
  if ARGV[7] == '1' then redis.call('HSET', record, 'waits', '1') else redis.call('HDEL', record, 'waits') end
  index_due(true)
end
return 1`,

  delete: `
if redis.call('EXISTS', record) == 0 then return 0 end
index(false)
redis.call('DEL', record)
return 1`,

  // KEYS[1] is the index. start, end, how many to look at, how many digits stand before the key; from ARGV[6] on: what the
  // fields must be. Gives the last member that was looked at, or false for no more, and the records that fit.
  page: `
local members = redis.call('ZRANGEBYLEX', record, ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[4])
local found = {}
for _, member in ipairs(members) do
  local its = string.sub(member, tonumber(ARGV[5]) + 1)
  local name = base .. 'record:' .. its
  local fits = true
  for i = 6, #ARGV, 2 do fits = fits and redis.call('HGET', name, ARGV[i]) == ARGV[i + 1] end
  if fits then found[#found + 1] = { its, redis.call('HMGET', name, ${fields}) } end
end
return { #members == tonumber(ARGV[4]) and members[#members] or false, found }`,

  now: `return digits(now())`,

  // The store's own head: version and partitions, as they were when it was made.
  head: `
redis.call('HSETNX', record, 'version', ARGV[1])
redis.call('HSETNX', record, 'partitions', ARGV[2])
return redis.call('HMGET', record, 'version', 'partitions')`,
}

export type Scripts = Readonly<Record<keyof typeof bodies, Script>>

/** The scripts of the contract; `clock` is the Lua that says the time. */
export function scriptsOn(clock: string): Scripts {
  const script = (body: string): Script => {
    const text = `${common(clock)}${body}`
    return { text, sha: createHash('sha1').update(text).digest('hex') }
  }
  return Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, script(body)])) as Record<
    keyof typeof bodies,
    Script
  >
}

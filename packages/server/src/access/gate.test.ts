import { beforeEach, expect, test } from 'vitest'
import { hashApiKey } from '../secrets/api-key.js'
import { InProcessWakeup } from '../wakeup/in-process-wakeup.js'
import { Gate } from './gate.js'
import type { Store } from '../operations/store.js'
import type { News } from '../wakeup/wakeup.js'

const header = 'Bearer sk_of_acme'
let now: number
let isRevoked: boolean
let told: News[]
let wakeup: InProcessWakeup

beforeEach(() => {
  now = 0
  isRevoked = false
  told = []
  wakeup = new InProcessWakeup((news) => told.push(news))
})

function gate(): Gate {
  const query = async (_: string, { hashes }: { hashes: string[] }): Promise<unknown> => isRevoked ? [] : hashes.map((hash) => ({ hash, organizationId: 1, organization: 'acme', scopes: ['events:publish'], expiresAt: null }))
  return new Gate({ store: { query } as unknown as Store, adminKeyHash: hashApiKey('sk_admin'), now: () => now, wakeup })
}

test('a key that is revoked elsewhere is in force no more as soon as that is told', async () => {
  const here = gate()
  await here.enter(header)
  isRevoked = true
  await expect(here.enter(header)).resolves.toBeDefined()
  wakeup.hear({ access: true })
  await expect(here.enter(header)).rejects.toMatchObject({ code: 'wrong_key' })
})

test('should the word be lost, it is in force for two seconds at most', async () => {
  const here = gate()
  await here.enter(header)
  isRevoked = true
  now = 2_000
  await expect(here.enter(header)).rejects.toMatchObject({ code: 'wrong_key' })
})

test('what is changed here is told to everybody, and nobody else need be told of streams or lanes for it', () => {
  gate().forget()
  expect(told).toEqual([{ access: true }])
})

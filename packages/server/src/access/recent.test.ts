import { beforeEach, describe, expect, it } from 'vitest'
import { Recent } from './recent.js'

describe('what is remembered for a short time', () => {
  let now: number
  let stored: string | undefined
  let reads: number
  let failure: Error | undefined
  let recent: Recent<string>

  beforeEach(() => {
    now = 0
    stored = 'first'
    reads = 0
    failure = undefined
    recent = new Recent({
      maxAgeMs: () => 1_000,
      maxEntries: 10,
      now: () => now,
      read: async (keys) => {
        reads++
        await Promise.resolve()
        if (failure !== undefined) throw failure
        const value = stored
        return new Map(value === undefined ? [] : keys.map((key) => [key, value]))
      },
    })
  })

  it('is read once for all who ask at once, and not again while it is young', async () => {
    expect(await Promise.all([recent.get('key'), recent.get('key')])).toEqual(['first', 'first'])
    now = 499
    expect(await recent.get('key')).toBe('first')
    expect(reads).toBe(1)
  })

  it('is read again once it is half as old as it may get, and nobody waits for that', async () => {
    await recent.get('key')
    stored = 'second'
    now = 500
    expect([recent.known('key'), recent.known('key')]).toEqual(['first', 'first'])
    await settled()
    expect(reads).toBe(2)
    now = 1_400
    expect(recent.known('key')).toBe('second')
  })

  it('is read again together with what else is asked for and nearly as old', async () => {
    await Promise.all(['a', 'b', 'unasked'].map((key) => recent.get(key)))
    now = 300
    await recent.get('young')
    for (const key of ['a', 'b', 'young']) recent.known(key)
    now = 500
    reads = 0
    stored = 'second'
    for (const key of ['a', 'b']) expect(recent.known(key)).toBe('first')
    await settled()
    expect(reads).toBe(1)
    expect(['a', 'b', 'young', 'unasked'].map((key) => recent.known(key))).toEqual(['second', 'second', 'first', 'first'])
  })

  it('is gone as soon as it is found to be gone', async () => {
    await recent.get('key')
    stored = undefined
    now = 500
    expect(recent.known('key')).toBe('first')
    await settled()
    expect(recent.known('key')).toBeUndefined()
  })

  it('is in force no longer than its age allows, though it cannot be read', async () => {
    await recent.get('key')
    failure = new Error('The database is away.')
    now = 999
    expect(recent.known('key')).toBe('first')
    await settled()
    now = 1_000
    await expect(recent.get('key')).rejects.toThrow('The database is away.')
  })

  it('does not outlive a change made here, even where it was being read at that moment', async () => {
    const reading = recent.get('key')
    recent.forget()
    await reading
    expect(recent.known('key')).toBeUndefined()
  })
})

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

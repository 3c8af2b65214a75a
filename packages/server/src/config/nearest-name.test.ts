import { describe, expect, test } from 'vitest'
import { nearestName } from './nearest-name.js'

describe('the name that was meant', () => {
  const names = ['port', 'host', 'publicUrl', 'databaseUrl', 'deliveryTimeout', 'retentionPayloads', 'retentionAttempts']

  test.each([
    ['prot', 'port'],
    ['databaseURL', 'databaseUrl'],
    ['database_url', 'databaseUrl'],
    ['delivryTimeout', 'deliveryTimeout'],
    ['deliveryTimeoutt', 'deliveryTimeout'],
    ['retentionAttempt', 'retentionAttempts'],
  ])('by %s is %s', (written, meant) => {
    expect(nearestName(written, names)).toBe(meant)
  })

  test.each(['', 'x', 'frobnicate', 'colour'])('by %j is not to be guessed', (written) => {
    expect(nearestName(written, names)).toBeUndefined()
  })
})

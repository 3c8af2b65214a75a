import { describe, expect, test } from 'vitest'
import { formatInstant, parseInstant } from './instant.js'

describe('an instant', () => {
  test.each([
    ['2025-03-01T12:00:00Z', '2025-03-01T12:00:00.000Z'],
    ['2025-03-01T12:00:00.5+02:00', '2025-03-01T10:00:00.500Z'],
    ['2025-03-01t12:00:00.123456789z', '2025-03-01T12:00:00.123Z'],
    ['2025-03-01 12:00:00-00:00', '2025-03-01T12:00:00.000Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(formatInstant(parseInstant(text) as number)).toBe(instant)
  })

  test.each(['', 'yesterday', '2025-03-01', '2025-03-01T12:00:00', '2025-02-29T00:00:00Z', '2025-02-30T00:00:00Z', '2025-13-01T00:00:00Z', '2025-03-01T24:00:00Z', '2025-03-01T12:60:00Z', '2025-03-01T12:00:60Z', '1740830400', '+002025-03-01T12:00:00Z'])('%j is none', (text) => {
    expect(parseInstant(text)).toBeUndefined()
  })
})

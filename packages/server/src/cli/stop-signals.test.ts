import { describe, expect, test } from 'vitest'
import { StopSignals } from './stop-signals.js'
import { ManualClock } from '../testing/manual-clock.js'

describe('a signal to stop', () => {
  test('asks for a graceful stop', async () => {
    const { signals, exits } = given()
    signals.receive('SIGTERM')
    expect(await signals.asked).toBe('SIGTERM')
    expect(exits).toEqual([])
  })

  test('that comes twice within a second is one', () => {
    const { signals, exits, clock } = given()
    signals.receive('SIGINT')
    clock.advance(999)
    signals.receive('SIGINT')
    expect(exits).toEqual([])
  })

  test('that comes again after a second ends the process at once, with the code that shells know', () => {
    const { signals, exits, clock } = given()
    signals.receive('SIGINT')
    clock.advance(1_000)
    signals.receive('SIGINT')
    signals.receive('SIGTERM')
    expect(exits).toEqual([130, 143])
  })
})

function given() {
  const clock = new ManualClock()
  const exits: number[] = []
  return { clock, exits, signals: new StopSignals({ now: () => clock.now(), exitNow: (code) => exits.push(code) }) }
}

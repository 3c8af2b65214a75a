import { describe, expect, test } from 'vitest'
import { rules } from './rules.test.support.js'
import { simulate, type Simulated } from './simulate.test.support.js'
import { simulateWithout } from './simulate-without.test.support.js'

/** POSTHORN_TEST_SEED repeats a run, as far as the code is the same. */
const seed = Number(process.env.POSTHORN_TEST_SEED ?? Math.floor(Math.random() * 1_000_000))
const steps = 100_000

describe('two nodes, while they are killed and paused and replies are lost', () => {
  test(`lose nothing, send nothing twice without a fault, and keep the order (seed ${seed})`, async () => {
    const simulated = await simulate(seed, steps)
    process.stdout.write(`The simulation's seed is ${seed}: ${simulated.steps} steps, ${JSON.stringify(simulated.counts)}\n`)
    expect(simulated.violation, told(simulated)).toBeUndefined()
    expect(simulated.counts.accepted).toBeGreaterThan(100)
    expect(simulated.counts.replays).toBeGreaterThan(10)
  }, 240_000)

  test('do the same again with the same seed', async () => {
    const [first, again] = [await simulate(7, 3_000), await simulate(7, 3_000)]
    expect(again).toEqual(first)
  }, 60_000)
})

describe('without the rule', () => {
  test.each(rules)('$name', async (rule) => {
    // A change of the product changes what a seed does: then one of the next finds it.
    let simulated = await simulateWithout(rule, 20_000)
    for (let next = 1; next < 16 && simulated.violation === undefined; next++) simulated = await simulateWithout(rule, 20_000, rule.seed + next)
    expect(simulated.violation?.broken, `nothing went wrong in ${simulated.steps} steps of seed ${simulated.seed}`).toBeDefined()
    expect(rule.breaks, told(simulated)).toContain(simulated.violation?.broken)
  }, 240_000)
})

function told({ seed: of, violation, trace }: Simulated): string {
  return violation === undefined ? '' : `${violation.broken} at step ${violation.step} of seed ${of}: ${violation.what}\n${trace}`
}

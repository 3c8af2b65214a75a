import { expect, test } from 'vitest'
import { metricsIn } from './api.js'

test('metrics are summed over their labels, comments left out', () => {
  const metrics = metricsIn('# HELP a_total x\n# TYPE a_total counter\na_total{state="x",b="} 5"} 3\na_total{state="y"} 4\nb 1.5e3\n\n')
  expect([...metrics]).toEqual([['a_total', 7], ['b', 1500]])
})

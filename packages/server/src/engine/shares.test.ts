import { describe, expect, test } from 'vitest'
import { Shares } from './shares.js'
import type { LiveNode } from '../lanes/sessions.js'

const organizations = Array.from({ length: 10_000 }, (_, n) => n + 1)
const all = (...names: string[]): LiveNode[] => names.map((node) => ({ node, dispatches: true, delivers: true }))

function dispatchedBy(self: string, nodes: LiveNode[]): number[] {
  const shares = new Shares(self, nodes)
  return organizations.filter((id) => shares.dispatches(id))
}

function deliveredBy(self: string, nodes: LiveNode[]): number[] {
  const shares = new Shares(self, nodes)
  return organizations.filter((id) => shares.delivers(id))
}

describe('the shares of several nodes', () => {
  test('give every organization to exactly one of them, which dispatches and delivers', () => {
    const names = ['a:4000', 'b:4000', 'c:4000']
    expect(names.flatMap((self) => dispatchedBy(self, all(...names))).sort((a, b) => a - b)).toEqual(organizations)
    for (const self of names) expect(deliveredBy(self, all(...names))).toEqual(dispatchedBy(self, all(...names)))
  })

  test('are of nearly the same size, also where names differ in a digit', () => {
    for (const names of [['host:4001', 'host:4002'], ['web-1', 'web-2', 'web-3', 'web-4']]) {
      for (const self of names) expect(dispatchedBy(self, all(...names)).length).toBeGreaterThan(organizations.length / names.length * 0.6)
    }
  })

  test('move only what a node that came or went has', () => {
    const [before, after] = [new Set(dispatchedBy('a', all('a', 'b'))), dispatchedBy('a', all('a', 'b', 'c'))]
    expect(after.every((id) => before.has(id))).toBe(true)
    expect(after.length).toBeLessThan(before.size)
  })

  test('are everything for one that is alone, and nothing for one that leaves it to others', () => {
    expect(dispatchedBy('a', all('a'))).toHaveLength(organizations.length)
    expect(new Shares('a', all('a'))).toMatchObject({ hasOthers: false, delivered: undefined })
    const nodes = [{ node: 'api', dispatches: false, delivers: false }, ...all('a', 'b')]
    expect([...dispatchedBy('api', nodes), ...deliveredBy('api', nodes)]).toEqual([])
    expect(new Shares('a', nodes).hasOthers).toBe(true)
  })

  test('leave deliveries to whoever dispatches, and share them where that one does not deliver', () => {
    const nodes = [...all('a'), { node: 'b', dispatches: true, delivers: false }, { node: 'c', dispatches: false, delivers: true }]
    const delivered = new Set(deliveredBy('a', nodes))
    expect(dispatchedBy('a', nodes).every((id) => delivered.has(id))).toBe(true)
    expect([...deliveredBy('a', nodes), ...deliveredBy('c', nodes)].sort((x, y) => x - y)).toEqual(organizations)
    expect(deliveredBy('b', nodes)).toEqual([])
    expect(deliveredBy('c', nodes).length).toBeGreaterThan(0)
  })

  test('are told to SQL as remainders', () => {
    const { of, ours } = new Shares('a', all('a', 'b')).delivered ?? { of: 1, ours: [] }
    expect(organizations.filter((id) => ours.includes(id % of))).toEqual(deliveredBy('a', all('a', 'b')))
  })
})

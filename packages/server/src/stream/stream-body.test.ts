import { describe, expect, test } from 'vitest'
import { StreamBody } from './stream-body.js'

function given(maxWaitingBytes = 100): { body: StreamBody; ended: () => number } {
  let count = 0
  const body = new StreamBody({ maxWaitingBytes, ended: () => { count++ } })
  return { body, ended: () => count }
}

describe('the body of a stream', () => {
  test('is read as it is written, until it ends', async () => {
    const { body } = given()
    body.send('one ')
    body.send('two')
    body.end()
    expect(await new Response(body.readable).text()).toBe('one two')
  })

  test('ends when its reader is too slow, and what waits is bounded', () => {
    const { body, ended } = given(100)
    const sent = Array.from({ length: 20 }, () => body.send('x'.repeat(30)))
    expect(sent.filter(Boolean)).toHaveLength(4)
    expect(sent.slice(0, 4)).toEqual([true, true, true, true])
    expect(ended()).toBe(1)
  })

  test('tells once that its reader has gone', async () => {
    const { body, ended } = given()
    await body.readable.cancel()
    expect(body.send('anybody?')).toBe(false)
    body.end()
    expect(ended()).toBe(1)
  })
})

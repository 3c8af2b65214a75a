import { expect, test } from 'vitest'
import { TlsSessions } from './tls-sessions.js'

test('the session unused for longest goes first', () => {
  const sessions = new TlsSessions(2)
  const [a, b, c] = ['a', 'b', 'c'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer]
  sessions.set('a', a)
  sessions.set('b', b)
  sessions.get('a')
  sessions.set('c', c)
  expect([sessions.get('a'), sessions.get('b'), sessions.get('c')]).toEqual([a, undefined, c])
})

test('a deleted session is gone', () => {
  const sessions = new TlsSessions(2)
  sessions.set('a', Buffer.from('a'))
  sessions.delete('a')
  expect(sessions.get('a')).toBeUndefined()
})

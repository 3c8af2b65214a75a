import { describe, expect, test } from 'vitest'
import { bodyText, headerIn, messageAt } from './http-message.js'

const post = Buffer.from('POST /e/7 HTTP/1.1\r\nhost: a\r\nwebhook-id: evt_1\r\ncontent-length: 5\r\n\r\nhello')

describe('an HTTP message', () => {
  test('ends where its length says', () => {
    const message = messageAt(post, 0)
    expect(message).toEqual({ bodyStart: post.length - 5, end: post.length })
    expect(bodyText(post, message!, 0)).toBe('hello')
  })

  test('is not there before its last byte is', () => {
    for (let length = 0; length < post.length; length++) expect(messageAt(post.subarray(0, length), 0)).toBeUndefined()
  })

  test('may follow another in the same buffer', () => {
    const two = Buffer.concat([post, Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n')])
    const first = messageAt(two, 0)!
    expect(first.end).toBe(post.length)
    expect(messageAt(two, first.end)).toEqual({ bodyStart: two.length, end: two.length })
  })

  test('does not take its length from the message behind it', () => {
    const two = Buffer.concat([Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n'), post])
    expect(messageAt(two, 0)!.end).toBe(two.length - post.length)
  })

  test('is understood whatever the case of its header names', () => {
    const answer = Buffer.from('HTTP/1.1 202 Accepted\r\nContent-Length:2\r\nX-A: b\r\n\r\nok')
    expect(messageAt(answer, 0)!.end).toBe(answer.length)
    expect(headerIn(answer, 'x-a', 0, messageAt(answer, 0)!)).toBe('b')
    expect(headerIn(answer, 'x-b', 0, messageAt(answer, 0)!)).toBeUndefined()
  })

  test('may come in chunks, which are joined', () => {
    const answer = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n')
    const message = messageAt(answer, 0)!
    expect(message.end).toBe(answer.length)
    expect(bodyText(answer, message, 0)).toBe('abcde')
    for (let length = 0; length < answer.length; length++) expect(messageAt(answer.subarray(0, length), 0)).toBeUndefined()
  })
})

import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { ParkedNote } from './parked-note.js'

const noteOf = (outbox: object) => renderToStaticMarkup(<ParkedNote outbox={{ oldestSeconds: 0, parked: 0, parkedIsAtLeast: false, ...outbox }} />)

describe('the note of parked events', () => {
  test('is not there while there are none', () => {
    expect(noteOf({})).toBe('')
  })

  test('says how many there are and where their reasons stand', () => {
    expect(noteOf({ parked: 1 })).toContain('1 event published in a transaction could not be taken over')
    expect(noteOf({ parked: 1_000, parkedIsAtLeast: true })).toContain('1,000+ events')
    expect(noteOf({ parked: 2 })).toContain('posthorn.outbox_parked')
  })
})

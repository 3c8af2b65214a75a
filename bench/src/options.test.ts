import { describe, expect, test } from 'vitest'
import { type Options, readOptions } from './options.js'

const known = ['main', 'idle']
const read = (...words: string[]) => readOptions(words, known) as Options

describe('the options', () => {
  test('run every scenario for some minutes when nothing is said', () => {
    expect(read()).toMatchObject({ scenarios: known, seconds: 15, pairs: 3, history: 1_000_000, database: 'sqlite', nodes: 1 })
  })

  test('name scenarios and sizes', () => {
    expect(read('--scenario', 'idle', '--full', '--pairs', '7')).toMatchObject({ scenarios: ['idle'], seconds: 60, pairs: 7 })
  })

  test('play what takes long only where it is named', () => {
    expect(readOptions([], ['main', 'pending'], ['pending'])).toMatchObject({ scenarios: ['main'], minutes: 10, pending: 10_000_000 })
    expect(readOptions(['--scenario', 'pending', '--minutes', '2'], ['main', 'pending'], ['pending'])).toMatchObject({ scenarios: ['pending'], minutes: 2 })
  })

  test('refuse what is unknown, in words', () => {
    expect(() => read('--scenario', 'main,fast')).toThrow('There is no scenario fast. There are: main, idle.')
    expect(() => read('--seconds', 'ten')).toThrow('--seconds takes a whole number from 1 to 3600.')
    expect(() => read('--quick', '--full')).toThrow('exclude each other')
    expect(() => read('--speed')).toThrow('--speed')
    expect(() => read('--database', 'mysql')).toThrow('--database takes sqlite or postgres.')
    expect(() => read('--nodes', '2')).toThrow('more nodes need --database postgres')
  })
})

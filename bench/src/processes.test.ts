import { expect, test } from 'vitest'
import { cpuUsIn, residentBytesIn, usageOf, writtenBytesIn } from './processes.js'

test('CPU is user and system time, children that ended included, whatever the process is called', () => {
  expect(cpuUsIn('4242 (a (b) c) S 1 4242 4242 0 -1 4194560 900 0 0 0 150 50 7 3 20 0 11 0 123 1000 200')).toBe(2_100_000)
})

test('resident memory and written bytes are read in bytes', () => {
  expect(residentBytesIn('Name:\tnode\nVmHWM:\t  9999 kB\nVmRSS:\t  2048 kB\n')).toBe(2 * 1024 * 1024)
  expect(writtenBytesIn('wchar: 5\nwrite_bytes: 4096\ncancelled_write_bytes: 0\n')).toBe(4096)
})

test.runIf(process.platform === 'linux')('this very process uses something', () => {
  expect(usageOf([process.pid]).residentBytes).toBeGreaterThan(1e6)
})

test('a process that has ended uses nothing', () => {
  expect(usageOf([2 ** 30])).toEqual({ cpuUs: 0, residentBytes: 0, writtenBytes: 0 })
})

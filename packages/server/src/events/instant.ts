/** Milliseconds since 1970 of an instant as RFC 3339 writes it, or undefined. What is finer than a millisecond is cut off. */
export function parseInstant(text: string): number | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour] = match
  // Date.parse takes 30 February for 1 March, and 24:00 for the next day's midnight.
  if (Number(day) > new Date(Date.UTC(2000 + Number(year) % 400, Number(month), 0)).getUTCDate() || Number(hour) > 23) return undefined
  const ms = Date.parse(text.toUpperCase().replace(' ', 'T'))
  return Number.isNaN(ms) ? undefined : ms
}

/** An instant as our API and our envelopes write it. */
export function formatInstant(ms: number): string {
  const second = Math.floor(ms / 1000)
  // A busy server is asked for the same second thousands of times, and each printing costs as much as a hash.
  if (second !== printedSecond) {
    printed = new Date(second * 1000).toISOString().slice(0, -4)
    printedSecond = second
  }
  return `${printed}${String(Math.floor(ms) - second * 1000).padStart(3, '0')}Z`
}

let printedSecond = NaN
let printed = ''

const pattern = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ](\d\d):\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/

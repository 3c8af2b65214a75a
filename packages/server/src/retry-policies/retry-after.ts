/**
 * How long a Retry-After field asks to wait from `nowMs` on, in milliseconds: a number of seconds or an HTTP-date
 * (RFC 9110, section 10.2.3). A date that has passed asks for nothing. Undefined when it is neither.
 */
export function parseRetryAfter(headerValue: string | undefined, nowMs: number): number | undefined {
  const value = headerValue?.trim()
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, Number.MAX_SAFE_INTEGER)

  const atMs = parseHttpDate(value, nowMs)
  return atMs === undefined ? undefined : Math.max(0, atMs - nowMs)
}

/** The three spellings that RFC 9110, section 5.6.7 has every recipient accept. */
function parseHttpDate(text: string, nowMs: number): number | undefined {
  const match = imfFixdate.exec(text) ?? rfc850Date.exec(text) ?? asctimeDate.exec(text)
  if (!match?.groups) return undefined

  const { day, month, year, hour, minute, second } = match.groups as Record<'day' | 'month' | 'year' | 'hour' | 'minute' | 'second', string>
  const dayNumber = Number(day)
  const fullYear = year.length === 2 ? nearestYear(Number(year), nowMs) : Number(year)
  const midnightMs = Date.UTC(fullYear, months.indexOf(month), dayNumber)
  // Date.UTC takes 31 February for 3 March; a date that comes out as another day never existed.
  if (new Date(midnightMs).getUTCDate() !== dayNumber) return undefined
  return midnightMs + (Number(hour) * 3_600 + Number(minute) * 60 + Number(second)) * 1_000
}

/** A year of two digits that would lie more than 50 years ahead means the last such year that has passed. */
function nearestYear(twoDigits: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + twoDigits
  return year > thisYear + 50 ? year - 100 : year
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const month = `(?<month>${months.join('|')})`
const time = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)'

/** `Sun, 06 Nov 1994 08:49:37 GMT` */
const imfFixdate = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d{2}) ${month} (?<year>\\d{4}) ${time} GMT$`)
/** `Sunday, 06-Nov-94 08:49:37 GMT` */
const rfc850Date = new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d{2})-${month}-(?<year>\\d{2}) ${time} GMT$`)
/** `Sun Nov  6 08:49:37 1994` */
const asctimeDate = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`)

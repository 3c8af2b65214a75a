/** Money as providers count it: a whole number of the currency's smallest unit, of which 10^exponent make one. */
export interface Amount { minor: number; currency: string; exponent: number }

/** Writes an amount as text that loses no digit: "99.99", "500" of yen, "1.234" of Kuwaiti dinars. */
export function formatAmount({ minor, exponent }: Pick<Amount, 'minor' | 'exponent'>): string {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
  const sign = minor < 0 ? '-' : ''
  return exponent === 0 ? sign + digits : `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

/** An amount that a provider counts in the smallest unit by ISO 4217, as Square does. */
export function isoAmount(minor: number, currency: string): Amount {
  return { minor, currency: currency.toUpperCase(), exponent: exponentOf(currency) }
}

/** An amount that Stripe tells: ISO 4217, but for the currencies that it counts in another unit. */
export function stripeAmount(minor: number, currency: string): Amount {
  const code = currency.toUpperCase()
  return { minor, currency: code, exponent: stripeExponents.get(code) ?? exponentOf(code) }
}

/** An amount that is told as text, as PayPal does; undefined for what is none, or has more digits than its currency. */
export function decimalAmount(text: string, currency: string): Amount | undefined {
  const exponent = exponentOf(currency)
  const [, sign = '', whole, fraction = ''] = /^(-?)(\d{1,13})(?:\.(\d{1,6}))?$/.exec(text) ?? []
  const digits = fraction.replace(/0+$/, '')
  if (whole === undefined || digits.length > exponent) return undefined
  const minor = Number(`${sign}${whole}${digits.padEnd(exponent, '0')}`)
  return Number.isSafeInteger(minor) ? { minor, currency: currency.toUpperCase(), exponent } : undefined
}

function exponentOf(currency: string): number {
  const code = currency.toUpperCase()
  return withoutDecimals.has(code) ? 0 : withThreeDecimals.has(code) ? 3 : 2
}

/** ISO 4217. */
const withoutDecimals = new Set(['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'])
const withThreeDecimals = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'])

/** Stripe takes Icelandic krónur and Ugandan shillings in hundredths that must be whole, and ariary without their fifths. */
const stripeExponents = new Map([['ISK', 2], ['UGX', 2], ['MGA', 0]])

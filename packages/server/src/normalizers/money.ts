/** An amount as every provider's events tell it here. */
export interface Money {
  /** In the currency's smallest unit, by ISO 4217. */
  amount: number
  /** Upper case: "USD". */
  currency: string
  /** As people write it: "99.99", and "100" of a currency without a smaller unit. */
  total: string
}

/** Out of whole smallest units, as ISO 4217 has them (Square) or as a provider has its own (`digits`). */
export function moneyOfMinor(amount: unknown, currency: unknown, digits = digitsOf): Money | undefined {
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || typeof currency !== 'string' || !/^[A-Za-z]{3}$/.test(currency)) return undefined
  const upper = currency.toUpperCase()
  return moneyOfDecimal(decimal(amount, digits(upper)), upper)
}

/** Out of a number as people write it (PayPal, Shopify). */
export function moneyOfDecimal(text: unknown, currency: unknown): Money | undefined {
  if (typeof text !== 'string' || typeof currency !== 'string' || !/^[A-Za-z]{3}$/.test(currency)) return undefined
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text)
  if (match === null) return undefined
  const [, sign, whole, fraction = ''] = match as unknown as [string, string, string, string | undefined]
  const upper = currency.toUpperCase()
  const digits = digitsOf(upper)
  // More places than the currency has: only zeros may be cut off.
  if (/[1-9]/.test(fraction.slice(digits))) return undefined
  const amount = Number(`${sign}${whole}${fraction.slice(0, digits).padEnd(digits, '0')}`)
  return { amount: amount === 0 ? 0 : amount, currency: upper, total: decimal(amount, digits) }
}

/**
 * Stripe's own smallest units: https://docs.stripe.com/currencies#zero-decimal. ISK and UGX have none, but are sent with two
 * places for the sake of old integrations; MGA is sent without its fifths.
 */
export function stripeDigitsOf(currency: string): number {
  if (currency === 'ISK' || currency === 'UGX') return 2
  return currency === 'MGA' ? 0 : digitsOf(currency)
}

/** Places behind the point: https://www.six-group.com/en/products-services/financial-information/data-standards.html (ISO 4217). */
function digitsOf(currency: string): number {
  if (withoutSmallerUnit.has(currency)) return 0
  return withThousandth.has(currency) ? 3 : 2
}

const withoutSmallerUnit = new Set(['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'])
const withThousandth = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'])

function decimal(amount: number, digits: number): string {
  const text = String(Math.abs(amount)).padStart(digits + 1, '0')
  const sign = amount < 0 ? '-' : ''
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

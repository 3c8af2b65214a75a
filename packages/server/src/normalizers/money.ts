import { decimalAmount, formatAmount, isoAmount, stripeAmount, type Amount } from '../money/amount.js'

/** An amount as all events tell it here. */
export interface Money {
  /** In the smallest unit that the provider counts the currency in. */
  amount: number
  /** Upper case: "USD". */
  currency: string
  /** As people write it: "99.99", and "100" of a currency without a smaller unit. */
  total: string
}

/** Out of Stripe's smallest units. */
export function stripeMoney(minor: unknown, currency: unknown): Money | undefined {
  return isAmount(minor, currency) ? money(stripeAmount(minor, currency as string)) : undefined
}

/** Out of smallest units by ISO 4217 (Square). */
export function isoMoney(minor: unknown, currency: unknown): Money | undefined {
  return isAmount(minor, currency) ? money(isoAmount(minor, currency as string)) : undefined
}

/** Out of a number as people write it (PayPal, Shopify). */
export function decimalMoney(text: unknown, currency: unknown): Money | undefined {
  const amount = typeof text === 'string' && isCurrency(currency) ? decimalAmount(text, currency) : undefined
  return amount && money(amount)
}

const isAmount = (minor: unknown, currency: unknown): minor is number => Number.isSafeInteger(minor) && isCurrency(currency)
const isCurrency = (currency: unknown): currency is string => typeof currency === 'string' && /^[A-Za-z]{3}$/.test(currency)
const money = (amount: Amount): Money => ({ amount: amount.minor, currency: amount.currency, total: formatAmount(amount) })

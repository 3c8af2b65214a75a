import { refused, type Refused } from './verdict.js'

/** How a signed time compares with ours. Both sides are checked: a time far ahead would stay valid for as long as it is ahead. */
export function checkClock(signedAtSeconds: number, nowSeconds: number, toleranceSeconds: number): Refused | undefined {
  const ageSeconds = nowSeconds - signedAtSeconds
  if (ageSeconds > toleranceSeconds) {
    return refused('timestamp_too_old', `The signature is right, but it was made ${spell(ageSeconds)} ago and only ${spell(toleranceSeconds)} are allowed. `
      + 'Either this is a replay of an old request, or this machine\'s clock runs ahead.')
  }
  if (ageSeconds < -toleranceSeconds) {
    return refused('timestamp_in_future', `The signature is right, but it was made ${spell(-ageSeconds)} in the future and only ${spell(toleranceSeconds)} are allowed. `
      + 'This machine\'s clock is probably behind: synchronize it.')
  }
  return undefined
}

/** A whole number of seconds or milliseconds since 1970 as senders write it, in seconds; undefined when it is none. */
export function secondsFrom(text: string, unit: 'seconds' | 'milliseconds' = 'seconds'): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined
  return unit === 'milliseconds' ? Number(text) / 1000 : Number(text)
}

function spell(seconds: number): string {
  const rounded = Math.round(seconds)
  return rounded < 7200 ? `${rounded} s` : `${Math.round(rounded / 3600)} h`
}

/** Milliseconds of a length of time as people write it: `250ms`, `5s`, `2m`, `10h`, `1d`. Undefined when it is not one. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text) ?? []
  if (digits === undefined || unit === undefined) return undefined
  return Number(digits) * unitMs[unit as keyof typeof unitMs]
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** When the attempts of a delivery are made, each wait counted from the end of the one before. */
export const retryPolicies: readonly (readonly [name: string, waits: string])[] = [
  ['standard', '11 attempts in three days: 0, 5 s, 30 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h'],
  ['bare-commerce', '5 attempts: 0, 5 s, 25 s, 2 min, 10 min'],
  ['bear-billing', '4 attempts: 0, 1 min, 5 min, 30 min'],
  ['devsphere', '7 attempts: 0, 5 s, 30 s, 5 min, 30 min, 2 h, 8 h'],
  ['better-data', '7 attempts: 0, 5 s, 30 s, 5 min, 30 min, 2 h, 8 h'],
]

import { z } from '@hono/zod-openapi'
import { namedRetryPolicies, parseRetryPolicy } from '../../retry-policies/retry-policy.js'
import { Problem } from '../../problems/problem.js'

/** A retry policy as a user may write it. Its words are checked by `checkRetryPolicy`, which says more than a schema could. */
export const retryPolicySchema = z.union([
  z.string().max(64),
  z.looseObject({}),
]).openapi('RetryPolicy', {
  description: `A name (${Object.keys(namedRetryPolicies).join(', ')}), {"schedule": ["0s", "5s", "2m"]} (entry n is the wait before attempt n), or {"exponential": {"first": "5s", "factor": 2, "max": "1h", "attempts": 8}}.`,
})

export function checkRetryPolicy(policy: unknown): void {
  const checked = parseRetryPolicy(policy)
  if (!checked.ok) throw new Problem('invalid_retry_policy', checked.message, { fix: checked.fix, errors: [{ path: 'retryPolicy', code: checked.code, message: checked.message }] })
}

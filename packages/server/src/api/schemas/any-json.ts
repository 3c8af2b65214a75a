import { z } from '@hono/zod-openapi'

/** Any JSON value. Spelled out, because "unknown" would count as a field that may be left out. */
export const anyJson = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.unknown()), z.record(z.string(), z.unknown())])

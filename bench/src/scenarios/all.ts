import { batch } from './batch.js'
import { drain } from './drain.js'
import { fairness } from './fairness.js'
import { fanOut } from './fan-out.js'
import { hanging } from './hanging.js'
import { idle } from './idle.js'
import { inbound } from './inbound.js'
import { latency } from './latency.js'
import { main } from './main.js'
import { oneEndpoint } from './one-endpoint.js'
import { pending } from './pending.js'
import { transactions } from './transactions.js'
import type { Scenario } from './scenario.js'

/** Every scenario, in the order in which they are played: main first, because others compare themselves with it. */
export const allScenarios: readonly Scenario[] = [main, latency, oneEndpoint, fanOut, batch, drain, hanging, inbound, idle, transactions, fairness, pending]

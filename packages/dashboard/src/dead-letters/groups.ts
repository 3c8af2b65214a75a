import { failureOf } from '../endpoints/cause.js'
import { posthorn } from '../server/posthorn.js'
import { useOne } from '../server/reading.js'
import type { DeadLetterGroup } from '@posthorn/client'
import type { ReplayFilter } from './bulk-replay-dialog.js'

export interface Groups { groups: DeadLetterGroup[]; counted: number; hasMore: boolean }

/** Dead letters of an organization, or of all, by endpoint and cause; the largest group first. */
export function useGroups(organization: string | undefined) {
  return useOne(['dead-letters', organization ?? null], () => readGroups(organization))
}

/** The server counts so many at once; what is counted of the same group adds up. */
async function readGroups(organization: string | undefined): Promise<Groups> {
  const groups = new Map<string, DeadLetterGroup>()
  let counted = 0
  let after: string | undefined
  for (let asked = 0; asked < askedAtMost; asked++) {
    const position = after === undefined ? {} : { after }
    const answer = organization === undefined ? await posthorn.deadLetters.groupsOfAll(position) : await posthorn.deadLetters.groups(organization, position)
    counted += answer.counted
    for (const group of answer.data) groups.set(keyOf(group), joined(groups.get(keyOf(group)), group))
    if (answer.next === null) return { groups: sorted(groups), counted, hasMore: false }
    after = answer.next
  }
  return { groups: sorted(groups), counted, hasMore: true }
}

/** What a replay, or the log, is to be asked for. */
export function filterOf({ endpoint, status, errorClass }: DeadLetterGroup): ReplayFilter {
  return { endpointId: endpoint.id, ...(status !== null && { status: String(status) }), ...(errorClass !== null && { errorClass: errorClass as NonNullable<ReplayFilter['errorClass']> }) }
}

export function causeOfGroup({ status, errorClass }: DeadLetterGroup): string {
  return failureOf({ status, errorClass })
}

function joined(one: DeadLetterGroup | undefined, other: DeadLetterGroup): DeadLetterGroup {
  if (one === undefined) return other
  return { ...one, count: one.count + other.count, oldestAt: one.oldestAt < other.oldestAt ? one.oldestAt : other.oldestAt, newestAt: one.newestAt > other.newestAt ? one.newestAt : other.newestAt }
}

function keyOf({ endpoint, status, errorClass }: DeadLetterGroup): string {
  return `${endpoint.id} ${status} ${errorClass}`
}

function sorted(groups: ReadonlyMap<string, DeadLetterGroup>): DeadLetterGroup[] {
  return [...groups.values()].toSorted((one, other) => other.count - one.count)
}

const askedAtMost = 4

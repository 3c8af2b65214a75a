import { Link } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { Badge } from '../pieces/badge.js'
import { Button } from '../pieces/button.js'
import { Empty } from '../pieces/empty.js'
import { Instant } from '../pieces/instant.js'
import { ListTable } from '../pieces/list-table.js'
import { placeIn } from '../pieces/place.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { useList } from '../server/reading.js'
import type { ConsumerDeadLetter } from '@posthorn/client'

/** The events that a consumer gave up, each with its reason; once that is gone, it can be tried again. */
export function ConsumerDeadLetters({ organization, consumer }: { organization: string; consumer: string }) {
  const list = useList(['consumers', organization, consumer, 'dead-letters'], posthorn.consumers.deadLetters(organization, consumer))
  return (
    <>
      <h2 className="mb-3">Given up by <span className="mono">{consumer}</span></h2>
      <ListTable list={list} label={`Dead letters of ${consumer}`} head={<><th>Event and reason</th><th className="text-right! max-md:hidden">Tries</th><th className="max-sm:hidden">Time</th><th><span className="sr-only">Replay</span></th></>}
        row={(letter) => <DeadLetterRow key={letter.id} organization={organization} consumer={consumer} letter={letter} />}
        empty={<Empty title="Nothing has been given up">This consumer has taken every event that it has read.</Empty>} />
    </>
  )
}

function DeadLetterRow({ organization, consumer, letter: { id, eventId, eventType, attempts, reason, parkedAt, isDue } }: { organization: string; consumer: string; letter: ConsumerDeadLetter }) {
  const replay = useChange((_given: void) => posthorn.consumers.replayDeadLetter(organization, consumer, id))
  const name = eventType ?? 'event removed'
  return (
    <tr>
      <td className="w-full max-w-0">
        <Link data-row to={placeIn(organization, 'events', eventId)} className="block truncate font-medium">{name}</Link>
        <p className="text-[13px] break-words text-bad">{reason}</p>
        {replay.error !== null && <p role="alert" className="text-[13px] text-bad">{replay.error.message}</p>}
      </td>
      <td className="text-right tabular-nums max-md:hidden">{attempts}</td>
      <td className="text-faint max-sm:hidden"><Instant at={parkedAt} /></td>
      <td className="w-px text-right">
        {isDue ? <Badge look="wait">tried again soon</Badge> : <Button data-replay aria-label={`Replay ${name} ${eventId}`} disabled={replay.isPending} onClick={() => replay.mutate()}><RotateCcw size={15} aria-hidden />Replay</Button>}
      </td>
    </tr>
  )
}

import { useParams } from '@tanstack/react-router'
import { Badge } from '../pieces/badge.js'
import { Empty } from '../pieces/empty.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useFilter } from '../pieces/use-filter.js'
import { posthorn } from '../server/posthorn.js'
import { useOne } from '../server/reading.js'
import { ConsumerDeadLetters } from './consumer-dead-letters.js'
import type { Consumer } from '@posthorn/client'

/** What reads an organization's stream beside delivery, how far it is, and what it gave up. */
export function ConsumersPage() {
  const { org = '' } = useParams({ strict: false })
  const { filter, choose } = useFilter(['consumer'])
  const { data: consumers, error } = useOne(['consumers', org], () => posthorn.consumers.list(org))
  // Whoever comes without a choice most likely comes because something was given up.
  const shown = filter.consumer ?? (consumers?.find(({ deadLetters }) => deadLetters > 0) ?? consumers?.[0])?.name
  return (
    <>
      <PageHead title="Consumers" about="What reads the stream beside delivery: billing, orders, inventory, and the application's own handlers. What one cannot take after its last try is a dead letter of its own." />
      <div className="mb-4 empty:hidden"><ProblemNote error={error} /></div>
      {consumers === undefined ? !error && <div className="card"><Loading /></div>
        : consumers.length === 0 ? <div className="card"><Empty title="No consumer">This organization has none. Its catalog brings some along, and an application that embeds Posthorn may add handlers.</Empty></div>
          : (
            <section className="card mb-6 overflow-clip" aria-label="Consumers">
              <table className="list">
                <thead><tr><th>Consumer</th><th>State</th><th className="text-right!">Dead letters</th></tr></thead>
                <tbody>{consumers.map((consumer) => <ConsumerRow key={consumer.name} consumer={consumer} isShown={consumer.name === shown} onShow={() => choose({ consumer: consumer.name })} />)}</tbody>
              </table>
            </section>
          )}
      {shown !== undefined && <ConsumerDeadLetters key={shown} organization={org} consumer={shown} />}
    </>
  )
}

function ConsumerRow({ consumer: { name, isBehind, attempts, nextTryAt, deadLetters }, isShown, onShow }: { consumer: Consumer; isShown: boolean; onShow: () => void }) {
  return (
    <tr className={isShown ? 'bg-accent-paper!' : ''}>
      <td className="w-full"><button type="button" data-row aria-pressed={isShown} className="mono font-medium break-all" onClick={onShow}>{name}</button></td>
      <td className="whitespace-nowrap">
        {attempts > 0 ? <><Badge look="bad">failing</Badge> <span className="text-faint max-sm:hidden">{attempts} {attempts === 1 ? 'try' : 'tries'}{nextTryAt !== null && <>, next <Instant at={nextTryAt} /></>}</span></> : isBehind ? <Badge look="cool">reading</Badge> : <Badge look="good">up to date</Badge>}
      </td>
      <td className={`text-right font-medium tabular-nums ${deadLetters > 0 ? 'text-bad' : 'text-faint'}`}>{deadLetters.toLocaleString()}{deadLetters >= countedAtMost && '+'}</td>
    </tr>
  )
}

/** The API counts so many and no further. */
const countedAtMost = 1_000

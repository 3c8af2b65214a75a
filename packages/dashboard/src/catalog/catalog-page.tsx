import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { Empty } from '../pieces/empty.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useCatalog, useOne } from '../server/reading.js'
import { EventTypeEntry } from './event-type-entry.js'
import type { Catalog } from '@posthorn/client'

/** The event types of an organization, each with what its data looks like and how it is sent. */
export function CatalogPage() {
  const { org = '' } = useParams({ strict: false })
  const { data: catalog, error } = useCatalog(org)
  if (error) return <ProblemNote error={error} />
  if (catalog === undefined) return <Loading />
  if (catalog === null) return <><PageHead title="Event catalog" /><div className="card"><Empty title="This organization has no catalog" action={<Link className="link" to="/settings/webhooks">Choose one in the settings</Link>}>Every well-formed event type is accepted. With a catalog, types have descriptions, schemas and samples, and may be the only ones.</Empty></div></>
  return <Entries organization={org} catalog={catalog} />
}

function Entries({ organization, catalog: { title, description, types, defaultFormat, defaultRetryPolicy, defaultEventTypePolicy } }: { organization: string; catalog: Catalog }) {
  const [sought, setSought] = useState('')
  const { data: owner } = useOne(['organizations', organization, 'one'], () => posthorn.organizations.get(organization))
  const opened = decodeURIComponent(location.hash.slice(1))
  const found = types.filter((listed) => `${listed.type} ${listed.description}`.toLowerCase().includes(sought.toLowerCase()))
  return (
    <>
      <PageHead title={`Event catalog: ${title}`} about={<>{description}<span className="mt-1 block text-[13px]">Format <code>{defaultFormat}</code>, retry policy <code>{defaultRetryPolicy}</code>, unlisted types <code>{defaultEventTypePolicy}</code>, unless the organization says otherwise.</span></>} />
      <input data-search type="search" className="control mb-4 w-80 max-w-full max-sm:w-full" placeholder={`Find among ${types.length} event types`} aria-label="Find an event type" value={sought} onChange={(event) => setSought(event.target.value)} />
      <div className="card divide-y divide-line">
        {found.length === 0 && <Empty title="No such event type">None of the {types.length} types has this in its name or description.</Empty>}
        {found.map((entry) => <EventTypeEntry key={entry.type} organization={organization} entry={entry} format={owner?.format ?? defaultFormat} isOpened={entry.type === opened} />)}
      </div>
    </>
  )
}

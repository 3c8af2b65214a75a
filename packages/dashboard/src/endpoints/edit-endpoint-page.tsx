import { useNavigate, useParams } from '@tanstack/react-router'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useChange } from '../server/change.js'
import { useOne } from '../server/reading.js'
import { EndpointForm, type EndpointDraft } from './endpoint-form.js'
import type { Endpoint } from '@posthorn/client'

export function EditEndpointPage() {
  const { org = '', endpoint: id = '' } = useParams({ strict: false })
  const navigate = useNavigate()
  const { data: endpoint, error } = useOne(['endpoints', org, id], () => posthorn.endpoints.get(org, id))
  const change = useChange((draft: EndpointDraft) => posthorn.endpoints.update(org, id, endpoint === undefined ? draft : changesOf(draft, endpoint)), {
    after: () => navigate({ to: `/organizations/${encodeURIComponent(org)}/endpoints/${id}` }),
  })
  if (error && endpoint === undefined) return <ProblemNote error={error} />
  if (endpoint === undefined) return <Loading />
  return (
    <>
      <PageHead title="Edit endpoint" about={<span className="mono break-all">{endpoint.url}</span>} />
      <EndpointForm organization={org} before={endpoint} error={change.error} isBusy={change.isPending} submitLabel="Save" onSubmit={(draft) => change.mutate(draft)} />
    </>
  )
}

/** What a form cannot show is left alone: the URL and events that the organization sets, and a retry policy that was written out. */
function changesOf({ url, eventTypes, retryPolicy, ...rest }: EndpointDraft, before: Endpoint): Partial<EndpointDraft> {
  return {
    ...rest,
    ...(before.managed === null && { url, eventTypes }),
    ...((typeof before.retryPolicy === 'string' || before.inherits.includes('retryPolicy') || retryPolicy !== null) && { retryPolicy }),
  }
}

import { useNavigate, useParams } from '@tanstack/react-router'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { pathIn } from '../server/call.js'
import { useChange } from '../server/change.js'
import { useOne } from '../server/lists.js'
import { EndpointForm, type EndpointDraft } from './endpoint-form.js'
import type { Endpoint } from '../server/answers.js'

export function EditEndpointPage() {
  const { org = '', endpoint: id = '' } = useParams({ strict: false })
  const path = pathIn(org, 'endpoints', id)
  const navigate = useNavigate()
  const { data: endpoint, error } = useOne<Endpoint>(path)
  const change = useChange<EndpointDraft, Endpoint>((draft) => ({ method: 'PATCH', path, body: endpoint === undefined ? draft : changesOf(draft, endpoint) }), {
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

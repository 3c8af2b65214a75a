import { useNavigate, useParams } from '@tanstack/react-router'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { placeIn } from '../pieces/place.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { useOne } from '../server/reading.js'
import { bodyOf } from './draft.js'
import { EndpointForm } from './endpoint-form.js'
import type { EndpointChanges } from '@posthorn/client'

export function EditEndpointPage() {
  const { org = '', endpoint: id = '' } = useParams({ strict: false })
  const navigate = useNavigate()
  const { data: endpoint, error } = useOne(['endpoints', org, id], () => posthorn.endpoints.get(org, id))
  const save = useChange((changes: EndpointChanges) => posthorn.endpoints.update(org, id, changes), { after: () => navigate({ to: placeIn(org, 'endpoints', id) }) })
  if (endpoint === undefined) return error ? <ProblemNote error={error} /> : <Loading />
  return (
    <>
      <PageHead title="Edit endpoint" about={<span className="mono break-all">{endpoint.url}</span>} />
      <EndpointForm organization={org} before={endpoint} error={save.error} isBusy={save.isPending} submitLabel="Save" onSubmit={(draft) => save.mutate(bodyOf(draft, endpoint))} />
    </>
  )
}

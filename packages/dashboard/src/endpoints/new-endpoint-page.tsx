import { useNavigate, useParams } from '@tanstack/react-router'
import { PageHead } from '../pieces/page-head.js'
import { placeIn } from '../pieces/place.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { bodyOf, type EndpointDraft } from './draft.js'
import { EndpointForm } from './endpoint-form.js'

export function NewEndpointPage() {
  const { org = '' } = useParams({ strict: false })
  const navigate = useNavigate()
  const create = useChange((draft: EndpointDraft) => posthorn.endpoints.create(org, bodyOf(draft)), {
    after: ({ id }) => navigate({ to: placeIn(org, 'endpoints', id), search: { isNew: 'yes' } as never }),
  })
  return (
    <>
      <PageHead title="Create an endpoint" about="Its signing secret is made with it; you copy it on the next page." />
      <EndpointForm organization={org} error={create.error} isBusy={create.isPending} submitLabel="Create endpoint" onSubmit={(draft) => create.mutate(draft)} />
    </>
  )
}

import { z } from '@hono/zod-openapi'
import { checkEndpointUrl } from '../../endpoints/endpoint-url.js'
import { operation } from '../operation.js'

const judgement = z.object({
  isAccepted: z.boolean(),
  url: z.string().nullable().openapi({ description: 'As it would be stored.' }),
  code: z.string().nullable(), detail: z.string().nullable(), fix: z.string().nullable(),
}).openapi('EndpointUrlJudgement')

const judgeUrl = operation({
  method: 'get',
  path: '/v1/organizations/{org}/endpoint-url',
  summary: 'Tells whether an endpoint may have this URL, as far as its text shows: nothing is looked up and nothing is sent.',
  tag: 'Endpoints',
  scope: 'webhooks:read',
  query: z.strictObject({ url: z.string().max(10_000) }),
  answers: { 200: judgement },
  async handle({ query }, { settings }) {
    const checked = checkEndpointUrl(query.url, settings.endpointUrls)
    const body: z.input<typeof judgement> = checked.ok
      ? { isAccepted: true, url: checked.url, code: null, detail: null, fix: null }
      : { isAccepted: false, url: null, code: checked.code, detail: checked.message, fix: checked.fix }
    return { status: 200, body }
  },
})

export const endpointUrlOperations = [judgeUrl]

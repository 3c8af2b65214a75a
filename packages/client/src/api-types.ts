import type { components, operations } from './generated/api.js'

type Schemas = components['schemas']
type Filter<Operation extends keyof operations> = Omit<NonNullable<operations[Operation]['parameters']['query']>, 'after' | 'limit'>

/** A name, the waits before each attempt, or a growing wait. */
export type RetryPolicy =
  | 'standard' | 'bare-commerce' | 'bear-billing' | 'devsphere' | 'better-data' | (string & {})
  | { schedule: string[] }
  | { exponential: { first: string; factor: number; max: string; attempts: number } }

type WithRetryPolicy<Body> = Omit<Body, 'retryPolicy'> & { retryPolicy?: RetryPolicy | null | undefined }

export type Organization = Schemas['Organization']
export type NewOrganization = WithRetryPolicy<Schemas['CreateOrganizationRequest']>
export type OrganizationChanges = WithRetryPolicy<Schemas['UpdateOrganizationRequest']>

export type Endpoint = Schemas['Endpoint']
export type NewEndpoint = WithRetryPolicy<Schemas['CreateEndpointRequest']>
export type EndpointChanges = WithRetryPolicy<Schemas['UpdateEndpointRequest']>
export type CreatedEndpoint = Schemas['CreateEndpointAnswer']
export type SigningSecret = Schemas['SigningSecret']
export type Rotation = Schemas['RotateSigningSecretRequest']
export type TestEvent = Schemas['TestEndpointAnswer']

export type Event = Schemas['Event']
export type EventFilter = Filter<'listEvents'>
export type EventOfAllFilter = Filter<'listAllEvents'>
/** What a publish is answered with; `warnings` where the type is not in the organization's catalog. */
export type Accepted = Schemas['Accepted']

export type Delivery = Schemas['Delivery']
export type DeliveryDetail = Schemas['DeliveryDetail']
export type Attempt = Schemas['Attempt']
export type DeliveryState = Delivery['state']
export type DeliveryFilter = Filter<'listDeliveries'>

export type DeadLetterGroups = Schemas['DeadLetterGroups']
export type DeadLetterGroup = Schemas['DeadLetterGroup']

export type Replay = Schemas['Replay']
export type NewReplay = Omit<Schemas['NewReplay'], 'dryRun'>
export type ReplayCount = Pick<Replay, 'matched' | 'matchedIsAtLeast'>

export type ApiKey = Schemas['ApiKey']
export type NewApiKey = Schemas['CreateKeyRequest']
export type CreatedApiKey = Schemas['CreateKeyAnswer']
export type Scope = ApiKey['scopes'][number]

export type Source = Schemas['Source']
export type NewSource = Schemas['NewSource']
export type SourceChanges = Schemas['SourceChanges']
export type SourceLink = Schemas['SourceLink']
export type NewSourceLink = Schemas['NewSourceLink']
export type SourceLinkFilter = Filter<'listSourceLinks'>

export type Receipt = Schemas['Receipt']
export type ReceiptWithBytes = Schemas['ReceiptWithBytes']
export type ReceiptFilter = Omit<Filter<'listReceipts'>, 'unassigned'> & { unassigned?: true | undefined }
export type Verdict = Receipt['verdict']

export type Billing = Schemas['Billing']
export type Order = Schemas['Order']
export type StockLevel = Schemas['StockLevel']
export type Consumer = Schemas['Consumer']
export type ConsumerDeadLetter = Schemas['ConsumerDeadLetter']

export type Overview = Schemas['Overview']
export type ServerOverview = Schemas['ServerOverview']
export type FailingEndpoint = Schemas['FailingEndpoint']
export type Latency = Schemas['Latency']
export type OverviewSpan = Filter<'getOverview'>
export type Catalog = Schemas['Catalog']
export type EndpointUrlJudgement = Schemas['EndpointUrlJudgement']
export type Configuration = Schemas['Configuration']
export type Setting = Schemas['Setting']
export type Format = Schemas['Format']
export type NewSamples = Schemas['NewSamples']
export type Samples = Schemas['Samples']
export type AttemptProof = Schemas['AttemptProof']

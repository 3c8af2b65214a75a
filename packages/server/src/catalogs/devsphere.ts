import type { Catalog } from './catalog.js'
import { dataSchema, email, type Fields, instant, integer, listOf, object, orNull, text, url } from './json-schema.js'

/**
 * What DevSphere OS sends, after "Subscribable event types" of its Webhook Architecture page. The page limits outbound
 * events to that list, so other types are refused unless the organization says otherwise. It prints no payloads.
 */
export const devsphere: Catalog = {
  name: 'devsphere',
  title: 'DevSphere OS',
  description: 'The life of client work: leads, proposals, meetings, projects, invoices and surveys.',
  defaultFormat: 'devsphere',
  defaultRetryPolicy: 'devsphere',
  defaultEventTypePolicy: 'reject',
  types: [
    {
      type: 'lead_won',
      description: 'A lead was won.',
      schema: leadSchema({ wonAt: instant('When the lead was won.') }, { clientId: text('The client that the lead became.') }),
      example: { ...lead(), clientId: 'client_88', wonAt: '2025-03-03T15:10:00Z' },
    },
    {
      type: 'lead_lost',
      description: 'A lead was lost.',
      schema: leadSchema({ lostAt: instant('When the lead was lost.') }, { reason: text('Why, in words.') }),
      example: { ...lead(), reason: 'Chose another supplier', lostAt: '2025-03-03T15:10:00Z' },
    },
    {
      type: 'proposal_accepted',
      description: 'A proposal was accepted.',
      schema: dataSchema(
        'The proposal that was accepted.',
        { proposalId: text('The proposal.'), title: text('Its title.'), ...money(), acceptedAt: instant('When it was accepted.') },
        { leadId: text('The lead it was made for.'), clientId: text('The client it was made for.'), acceptedBy: person('Who accepted it.') },
      ),
      example: {
        proposalId: 'prop_204',
        leadId: 'lead_417',
        title: 'Online shop, phase 1',
        amount: 1250000,
        currency: 'usd',
        acceptedBy: { name: 'Grace Hopper', email: 'grace@example.com' },
        acceptedAt: '2025-03-02T09:24:00Z',
      },
    },
    {
      type: 'meeting.booked',
      description: 'A meeting was booked.',
      schema: dataSchema(
        'The meeting that was booked.',
        { meetingId: text('The meeting.'), title: text('What it is about.'), startsAt: instant('When it begins.'), endsAt: instant('When it ends.') },
        {
          timeZone: text('The time zone it was booked in, by its IANA name.'),
          attendees: listOf(person('One who takes part.'), 'Who takes part.'),
          joinUrl: orNull(url('Where to join; null where people meet in a room.')),
          leadId: text('The lead it is held with.'),
          clientId: text('The client it is held with.'),
        },
      ),
      example: {
        meetingId: 'meet_93',
        title: 'Discovery call',
        startsAt: '2025-02-20T16:00:00Z',
        endsAt: '2025-02-20T16:30:00Z',
        timeZone: 'America/New_York',
        attendees: [
          { name: 'Grace Hopper', email: 'grace@example.com' },
          { name: 'Sam Rivera', email: 'sam@agency.example' },
        ],
        joinUrl: 'https://meet.example.com/93',
        leadId: 'lead_417',
      },
    },
    {
      type: 'invoice.paid',
      description: 'An invoice was paid.',
      schema: dataSchema(
        'The invoice that was paid.',
        { invoiceId: text('The invoice.'), clientId: text('The client who paid.'), ...money(), paidAt: instant('When it was paid.') },
        { invoiceNumber: text('The number that stands on the invoice.'), projectId: text('The project that was billed.') },
      ),
      example: {
        invoiceId: 'inv_3301',
        invoiceNumber: 'INV-2025-0031',
        clientId: 'client_88',
        projectId: 'proj_52',
        amount: 625000,
        currency: 'usd',
        paidAt: '2025-04-01T12:00:00Z',
      },
    },
    {
      type: 'payment_failed',
      description: 'A payment failed.',
      schema: dataSchema(
        'The payment that failed.',
        { paymentId: text('The payment.'), ...money(), reason: text('Why it failed, as the payment provider names it.'), failedAt: instant('When it failed.') },
        {
          invoiceId: text('The invoice that was to be paid.'),
          clientId: text('The client who was to pay.'),
          nextAttemptAt: orNull(instant('When payment is tried again; null where it is not.')),
        },
      ),
      example: {
        paymentId: 'pay_7120',
        invoiceId: 'inv_3302',
        clientId: 'client_88',
        amount: 625000,
        currency: 'usd',
        reason: 'card_declined',
        failedAt: '2025-05-01T12:00:03Z',
        nextAttemptAt: '2025-05-04T12:00:00Z',
      },
    },
    {
      type: 'project.completed',
      description: 'A project, as a delivery milestone, was completed.',
      schema: dataSchema(
        'The project that was completed.',
        { projectId: text('The project.'), name: text('Its name.'), completedAt: instant('When it was completed.') },
        { clientId: text('The client it was done for.'), startedAt: instant('When work on it began.') },
      ),
      example: {
        projectId: 'proj_52',
        name: 'Online shop, phase 1',
        clientId: 'client_88',
        startedAt: '2025-03-10T08:00:00Z',
        completedAt: '2025-06-20T17:30:00Z',
      },
    },
    {
      type: 'task.completed',
      description: 'A task, as a delivery milestone, was completed.',
      schema: dataSchema(
        'The task that was completed.',
        { taskId: text('The task.'), title: text('What was to be done.'), completedAt: instant('When it was completed.') },
        { projectId: text('The project it belongs to.'), completedBy: person('Who completed it.') },
      ),
      example: {
        taskId: 'task_1904',
        projectId: 'proj_52',
        title: 'Set up the payment provider',
        completedBy: { name: 'Sam Rivera', email: 'sam@agency.example' },
        completedAt: '2025-04-18T14:02:00Z',
      },
    },
    {
      type: 'client.created',
      description: 'A client was created.',
      schema: dataSchema(
        'The new client.',
        { clientId: text('The client.'), name: text('The name of the client.'), createdAt: instant('When the client was created.') },
        { leadId: text('The lead that became this client.'), contact: person('Whom to talk to.') },
      ),
      example: {
        clientId: 'client_88',
        name: 'Northwind Bakery',
        leadId: 'lead_417',
        contact: { name: 'Grace Hopper', email: 'grace@example.com' },
        createdAt: '2025-03-03T15:10:00Z',
      },
    },
    {
      type: 'billing.suspended',
      description: 'Billing was suspended.',
      schema: dataSchema(
        'Why billing was suspended and what is still open.',
        { reason: text('Why billing was suspended.'), suspendedAt: instant('When it was suspended.') },
        { ...money(), openInvoiceIds: listOf(text('An invoice.'), 'The invoices that are not paid.'), clientId: text('The client whose billing it is.') },
      ),
      example: {
        reason: 'payment_overdue',
        clientId: 'client_88',
        openInvoiceIds: ['inv_3302'],
        amount: 625000,
        currency: 'usd',
        suspendedAt: '2025-05-15T00:00:00Z',
      },
    },
    {
      type: 'survey.submitted',
      description: 'A survey was submitted.',
      schema: dataSchema(
        'The survey and what was answered.',
        {
          surveyId: text('The survey.'),
          responseId: text('This answer to it.'),
          answers: listOf(object('One answer.', { question: text('What was asked.'), answer: text('What was answered.') }), 'The answers in the order of the questions.'),
          submittedAt: instant('When it was submitted.'),
        },
        { score: integer('How likely one is to recommend us, from 0 to 10.'), clientId: text('The client who answered.'), projectId: text('The project that was asked about.') },
      ),
      example: {
        surveyId: 'survey_12',
        responseId: 'response_640',
        clientId: 'client_88',
        projectId: 'proj_52',
        score: 9,
        answers: [
          { question: 'How likely are you to recommend us?', answer: '9' },
          { question: 'What could we do better?', answer: 'Shorter status calls.' },
        ],
        submittedAt: '2025-06-27T10:11:00Z',
      },
    },
  ],
}

function leadSchema(required: Fields, optional: Fields) {
  return dataSchema(
    'The lead as it is after the event.',
    { leadId: text('The lead.'), name: text('What the lead is called.'), ...required },
    { contact: person('Whom to talk to.'), ...money(), ownerId: text('The teammate who looks after the lead.'), ...optional },
  )
}

function lead() {
  return {
    leadId: 'lead_417',
    name: 'Northwind Bakery: online shop',
    contact: { name: 'Grace Hopper', email: 'grace@example.com' },
    amount: 1250000,
    currency: 'usd',
    ownerId: 'user_7',
  }
}

function money(): Fields {
  return {
    amount: integer('The amount in the smallest unit of the currency, such as cents.'),
    currency: text('The currency as a three-letter code in lower case.'),
  }
}

function person(description: string) {
  return object(description, { name: text('The name.') }, { email: email('The address.') })
}

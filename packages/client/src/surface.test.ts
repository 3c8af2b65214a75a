import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Posthorn } from './posthorn.js'

const { paths } = JSON.parse(readFileSync(new URL('../../server/openapi.json', import.meta.url), 'utf8')) as { paths: Record<string, Record<string, unknown>> }

/** Calls everything that a client has, with the names of the path's parts as ids. */
async function askEverything(): Promise<string[]> {
  const asked: string[] = []
  const posthorn = new Posthorn({ url: 'http://posthorn', fetch: async (input, init) => {
    asked.push(`${init?.method ?? 'GET'} ${decodeURIComponent(new URL(String(input)).pathname)}`)
    return new Response('{"data":[],"next":null}')
  } })
  const { organizations, endpoints, events, deliveries, deadLetters, replays, keys, sources, receipts, billing, orders, inventory, consumers, catalogs, overview, configuration, formats } = posthorn
  const [org, endpoint, url] = ['{org}', '{endpoint}', 'https://shop.example/webhooks']

  await organizations.create({ name: 'Acme' })
  await organizations.list().page()
  await organizations.get(org)
  await organizations.update(org, {})
  await organizations.delete(org)

  await endpoints.create(org, { url })
  await endpoints.list(org).page()
  await endpoints.get(org, endpoint)
  await endpoints.update(org, endpoint, {})
  await endpoints.delete(org, endpoint)
  await endpoints.pause(org, endpoint)
  await endpoints.resume(org, endpoint)
  await endpoints.enable(org, endpoint)
  await endpoints.test(org, endpoint)
  await endpoints.secret(org, endpoint)
  await endpoints.rotate(org, endpoint)
  await endpoints.finishRotation(org, endpoint)
  await endpoints.judgeUrl(org, url)

  await events.publish(org, { type: 'order.created', data: 1 })
  await events.publishBatch(org, [])
  await events.list(org).page()
  await events.listAll().page()
  await events.get(org, '{event}')
  await events.erase(org, '{event}')

  await deliveries.list(org).page()
  await deliveries.listAll().page()
  await deliveries.get(org, '{delivery}')
  await deliveries.proof(org, '{delivery}', '{number}' as unknown as number)
  await deliveries.replay(org, '{delivery}')
  await deliveries.release(org, '{delivery}')
  await deliveries.discard(org, '{delivery}')

  await deadLetters.groups(org)
  await deadLetters.groupsOfAll()

  await replays.start(org)
  await replays.dryRun(org)
  await replays.get(org, '{replay}')
  await replays.cancel(org, '{replay}')

  await keys.create(org, { name: 'a key', scopes: ['webhooks:read'] })
  await keys.list(org).page()
  await keys.revoke(org, '{key}')

  await sources.create({ name: 'stripe', provider: 'stripe' })
  await sources.list().page()
  await sources.get('{source}')
  await sources.update('{source}', {})
  await sources.delete('{source}')
  await sources.link({ provider: 'stripe', account: 'cus_1', organizationId: org })
  await sources.links().page()
  await sources.unlink('{link}')

  await receipts.list().page()
  await receipts.get('{receipt}')
  await receipts.replay('{receipt}')

  await billing.get(org)
  await orders.list(org).page()
  await inventory.list(org).page()
  await consumers.list(org)
  await consumers.deadLetters(org, '{consumer}').page()
  await consumers.replayDeadLetter(org, '{consumer}', '{deadLetter}')

  await catalogs.list()
  await catalogs.of(org)
  await overview.ofServer()
  await overview.of(org)
  await configuration.get()
  await formats.list()
  await formats.of(org)
  await formats.samples(org)
  await posthorn.stream({ signal: AbortSignal.timeout(50) }).next().catch(() => {})
  return asked
}

test('every operation of openapi.json has a method of the client, and no method asks for another', async () => {
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
  const asked = await askEverything()
  expect([...new Set(asked)].sort(), 'Give each new operation a method in packages/client/src, and call it here.').toEqual(operations.sort())
})

import { createApp } from '../api/app.js'
import { version } from '../server/version.js'
import type { Surroundings } from '../api/surroundings.js'

/** `openapi.json` as it is committed. It is written from the operations alone; what stands around them is never asked. */
export async function writtenOpenApi(): Promise<string> {
  const app = createApp({ engine: {}, clock: { now: () => 0 }, settings: { version } } as Surroundings)
  const answer = await app.request('/openapi.json')
  return `${JSON.stringify(await answer.json(), null, 2)}\n`
}

import { z } from '@hono/zod-openapi'
import { operation } from '../operation.js'

const setting = z.object({
  section: z.string().openapi({ example: 'Server' }),
  name: z.string().openapi({ example: 'port', description: 'Its key in the configuration file.' }),
  env: z.string().openapi({ example: 'PORT' }),
  flag: z.string().openapi({ example: '--port' }),
  value: z.string().nullable().openapi({ example: '4000', description: 'As it was written; secrets are masked. Null where it is not set.' }),
  from: z.string().nullable().openapi({ example: 'default', description: '`flag`, `environment`, a `…_FILE` variable, the name of the configuration file, or `default`.' }),
  isSecret: z.boolean(),
  about: z.string().openapi({ example: 'The port of the HTTP API, the dashboard and the inbound webhooks.' }),
  accepts: z.string().openapi({ example: 'a number from 0 to 65535' }),
}).openapi('Setting')

const readConfiguration = operation({
  method: 'get',
  path: '/v1/configuration',
  summary: 'Tells the settings that this process was started with, secrets masked, and where each comes from, as `posthorn config` prints them.',
  tag: 'Configuration',
  scope: 'admin',
  answers: { 200: z.object({ version: z.string(), mode: z.enum(['dev', 'serve']).nullable(), settings: z.array(setting) }).openapi('Configuration') },
  handle: async (_request, { settings, configuration }) => ({ status: 200, body: { version: settings.version, mode: configuration?.mode ?? null, settings: [...configuration?.settings ?? []] } }),
})

export const configurationOperations = [readConfiguration]

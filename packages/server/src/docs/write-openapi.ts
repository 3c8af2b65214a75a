import { writeFileSync } from 'node:fs'
import { writtenOpenApi } from './written-openapi.js'

// `npm run openapi`: the committed document, from which the client's types are made.
writeFileSync(new URL('../../openapi.json', import.meta.url), await writtenOpenApi())

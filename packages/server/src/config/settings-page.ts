import type { Default, Mode, Setting } from './setting.js'
import { flagOf, passedThrough, settingSections } from './settings.js'

/** docs/configuration.md, written from the table of settings. */
export function settingsPage(): string {
  const sections = Object.values(settingSections).map(({ title, settings }) => {
    const entries = Object.entries(settings as Record<string, Setting>).map(([name, setting]) => entry(name, setting))
    return [`## ${title}`, ...entries].join('\n\n')
  })
  return `${[introduction, ...sections].join('\n\n')}\n`
}

function entry(name: string, setting: Setting): string {
  return [
    `### \`${setting.env}\``,
    '',
    setting.about,
    '',
    `- Accepts: ${setting.accepts}`,
    `- Default: ${defaultText(setting.default)}`,
    `- Flag: \`${flagOf(name)}\` · in the file: \`${name}\`${setting.isSecret ? ` · secret, also as \`${setting.env}_FILE\`` : ''}`,
  ].join('\n')
}

function defaultText(choice: Default | undefined): string {
  if (choice === undefined || choice === '') return 'none'
  if (typeof choice === 'string') return `\`${choice}\``
  const of = (mode: Mode) => {
    const value = choice[mode]
    return typeof value === 'string' ? value : value('./posthorn-data')
  }
  return `\`${of('dev')}\` in \`posthorn dev\`, \`${of('serve')}\` in \`posthorn serve\``
}

const introduction = `<!-- Written from packages/server/src/config/settings.ts. Change it there, then build and run: npx vitest run packages/server/dist/config -u -->

# Configuration

Posthorn starts without any setting. What you set comes, in this order, from

1. flags: \`posthorn dev --port 5000\`
2. the environment: \`PORT=5000 posthorn dev\`
3. \`posthorn.config.ts\`, \`.mts\`, \`.js\`, \`.mjs\` or \`.json\` in the folder where it is started

and the first that says something counts. \`posthorn config\` prints the outcome and where each value comes from, with secrets masked.

A configuration file exports its values as default. TypeScript needs a Node that strips types (22.18 or later); elsewhere use \`.js\` or \`.mjs\`.

\`\`\`js
// posthorn.config.mjs
export default {
  port: 5000,
  deliveryTimeout: '10s',
  allowSubnets: ['10.20.0.0/16'],
}
\`\`\`

- An empty variable counts as not set.
- Every secret can also be read from a file: \`POSTHORN_API_KEY_FILE=/run/secrets/posthorn-api-key\`. Prefer that, or the environment, to a flag: other users of the machine can read the command line of a process.
- Durations are written with a unit: \`500ms\`, \`15s\`, \`5m\`, \`12h\`, \`30d\`.
- Unknown flags, unknown keys in the file and unknown variables that begin with \`POSTHORN_\` are refused (\`POSTHORN_TEST_…\` is yours). All mistakes are told at once, and the process ends with exit code 1.
- The file may also hold ${passedThrough.map((key) => `\`${key}\``).join(', ')}, which no flag or variable can.`

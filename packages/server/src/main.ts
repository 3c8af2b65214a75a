import { runCli } from './cli/cli.js'

// A reader that goes away (`posthorn dev | head`) must not take the server with it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  folder: process.cwd(),
  terminal: {
    print: (line) => process.stdout.write(`${line}\n`),
    error: (line) => process.stderr.write(`${line}\n`),
    hasColor: process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
  },
  onSignal(callback) {
    process.on('SIGINT', callback)
    process.on('SIGTERM', callback)
  },
  exitNow: (exitCode) => process.exit(exitCode),
})
process.exit(code)

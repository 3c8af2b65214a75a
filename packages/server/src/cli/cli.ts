import { Argument, Command, CommanderError } from 'commander'
import { settingFlags } from '../config/settings.js'
import { version } from '../server/version.js'
import { backUp } from './back-up.js'
import { copy, type CopyFlags } from './copy.js'
import { tellFailure } from './failure.js'
import { loadSettings } from './load-settings.js'
import { migrateDatabase } from './migrate-database.js'
import { printConfig } from './print-config.js'
import { replaceLostKey } from './replace-lost-key.js'
import { runServer } from './run-server.js'
import { addVerify } from './verify.js'
import type { Mode } from '../config/setting.js'
import type { Flags, Given } from './given.js'

/**
 * Runs one command of `posthorn` and gives the exit code of the process: 0 when it did what it was asked, 1 when it could
 * not (bad configuration included), 2 when it was asked for something that does not exist.
 */
export async function runCli(args: readonly string[], given: Given): Promise<number> {
  let exitCode = 0
  const program = commandLine(given, (code) => { exitCode = code })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : badUsage
    for (const line of tellFailure(error)) given.terminal.error(line)
    return failed
  }
}

const failed = 1
const badUsage = 2

function commandLine(given: Given, finish: (exitCode: number) => void): Command {
  const { terminal } = given
  const program = new Command('posthorn')
    .description('Sends and receives webhooks: signed, retried, logged, replayable.')
    .version(version, '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Show this help.')
    .helpCommand('help [command]', 'Show the help of a command.')
    .exitOverride()
    .showHelpAfterError()
    .configureOutput({ writeOut: (text) => terminal.print(text.trimEnd()), writeErr: (text) => terminal.error(text.trimEnd()) })

  serverCommand(program, 'dev').description('Run Posthorn on this machine: SQLite, http and loopback endpoints allowed, the inspector on.')
    .action(async (flags: Flags) => finish(await runServer(await loadSettings('dev', flags, given), given)))
  serverCommand(program, 'serve').description('Run Posthorn in production: strict about where it delivers, JSON log on stdout.')
    .action(async (flags: Flags) => finish(await runServer(await loadSettings('serve', flags, given), given)))
  withFlags(program.command('config')).addArgument(new Argument('[mode]', 'of which command').choices(['dev', 'serve']).default('dev'))
    .description('Print every setting, its value with secrets masked, and where it comes from.')
    .action(async (mode: Mode, flags: Flags) => printConfig(await loadSettings(mode, flags, given), terminal))
  program.command('migrate').description('Bring the database up to date, and tell what that took. Starting a server does the same.')
    .option('--database-url <url>', 'Which database; as DATABASE_URL.')
    .action(async (flags: Flags) => migrateDatabase(await loadSettings('dev', flags, given), terminal))
  program.command('backup').argument('<file>', 'where to; it must not exist yet').description('Copy the database, consistently, while a server is running.')
    .option('--database-url <url>', 'Which database; as DATABASE_URL.')
    .action(async (file: string, flags: Flags) => backUp(await loadSettings('dev', flags, given), file, terminal))
  program.command('copy').description('Copy everything to another database, and compare the two. The source must not be in use.')
    .requiredOption('--from <url>', 'The database that is copied, as DATABASE_URL names one.')
    .requiredOption('--to <url>', 'An empty one, or the target of an earlier run that was interrupted.')
    .action(async (flags: CopyFlags) => finish(await copy(flags, given)))
  program.command('replace-lost-key').description('Give up what was sealed under an encryption key that is lost, and go on under a new one.')
    .option('--database-url <url>', 'Which database; as DATABASE_URL.')
    .option('--yes', 'The old key is lost for good.')
    .action(async ({ yes, ...flags }: Flags & { yes?: true }) => replaceLostKey(await loadSettings('dev', flags, given), yes === true ? { yes } : {}, terminal))
  addVerify(program, given, finish)
  return program
}

function serverCommand(program: Command, mode: Mode): Command {
  return withFlags(program.command(mode))
}

function withFlags(command: Command): Command {
  for (const { flag, about } of settingFlags()) command.option(flag, firstSentence(about))
  return command.addHelpText('after', '\nEach of them can also be set in the environment or in posthorn.config: see docs/configuration.md.')
}

function firstSentence(text: string): string {
  return /^.*?\.(?= |$)/s.exec(text)?.[0] ?? text
}

// Checks that the code leans one way. Says in words which rule is broken, where, and why the rule is there; exits 1 then.
//
//   node scripts/check-imports.js              tests itself on small trees, then checks this repository
//   node scripts/check-imports.js --self-test  only the first
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const domain = [
  'alerts', 'attempts', 'billing', 'catalogs', 'consumers', 'deliveries', 'dialling', 'dispatch', 'endpoints', 'event-types', 'events', 'formats',
  'inventory', 'keys', 'lanes', 'money', 'observability', 'orders', 'organizations', 'outbox', 'problems', 'receipts', 'replays', 'retention', 'retry-policies', 'secrets', 'sending', 'sources',
]

/** The files that send: they alone, and dialling beneath them, know a socket. */
const sender = ['attempts/attempt*', 'attempts/connections*']

/** Which packages of ours a package may lean on. */
const packageRules = {
  webhooks: { on: [], because: 'it is installed alone, without a server' },
  client: { on: [], because: 'it is installed alone, without a server' },
  server: { on: ['webhooks'], because: 'the server knows neither its client nor its dashboard' },
  dashboard: { on: ['client'], because: 'the dashboard sees only what every user of the API sees' },
}

/** Inside the server: `from` never imports `never`. A name is a folder; `folder/start*` are the files that begin so. */
const folderRules = [
  { from: domain, never: ['api', 'engine', 'operations', 'turns', 'cli'], because: 'the domain leans on storage and never on what drives it' },
  { from: ['events'], never: ['dispatch', 'lanes', 'sending', 'deliveries'], because: 'appending an event does not know who listens' },
  { from: ['dispatch'], never: sender, because: 'dispatch hands deliveries over and never sends' },
  { from: ['storage'], never: domain.filter((folder) => folder !== 'problems'), because: 'storage is leaned on and leans on nothing of the domain' },
]

/** Inside the server: who may open connections. */
const networkRule = {
  modules: ['undici', ...['net', 'tls', 'http', 'https', 'http2', 'dgram'].flatMap((name) => [name, `node:${name}`])],
  only: [...sender, 'dialling'],
  // Whoever serves requests speaks of them by their types.
  typesAlso: ['api', 'inspector', 'server'],
  // These open nothing.
  harmless: ['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'SocketAddress', 'STATUS_CODES', 'METHODS'],
  because: 'only an attempt opens a connection to a customer, and only to an address that was checked',
}

const environmentRule = { only: ['main.ts'], because: 'only the entry file reads the environment; everything else is told' }
const vagueNames = { names: ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'shared'], because: 'what is in it has a name of its own' }

/** Every broken rule under `root`, as sentences. */
function check(root) {
  const packages = readPackages(root)
  const files = packages.flatMap((owner) => readFiles(root, owner, packages))
  const known = new Map(files.map((file) => [file.path, file]))

  return [
    ...files.flatMap(brokenNames),
    ...files.filter((file) => !file.isForTests).flatMap((file) => [
      ...file.imports.flatMap((edge) => [...brokenPackageRule(file, edge), ...brokenTestingRule(file, edge)]),
      ...(file.owner.folder === 'server' ? brokenServerRules(file) : []),
    ]),
    ...circles(known).map((circle) => `${circle.join('\n  leans on ')}\n  a circle of files: none of them can be read or tested alone (type imports count)`),
  ]
}

function brokenNames(file) {
  const parts = file.path.split('/').slice(3)
  const stems = parts.map((part) => part.replace(/(\.test)?\.[cm]?tsx?$/, ''))
  const vague = stems.find((stem) => vagueNames.names.includes(stem))
  return [
    ...(vague ? [`${file.path}\n  is named "${vague}": ${vagueNames.because}`] : []),
    ...(stems.at(-1) === 'index' && parts.length > 1 ? [`${file.path}\n  index.ts is the front door of a published package and stands nowhere but in packages/*/src: import from the file that defines the thing`] : []),
  ]
}

function brokenPackageRule(file, edge) {
  const { folder } = file.owner
  if (!edge.package) return []
  if (edge.package === folder) return edge.isRelative ? [] : [broken(file, edge, 'a package does not import itself by its name: import from the file that defines the thing')]
  if (edge.isRelative) return [broken(file, edge, `this file is in packages/${edge.package}: another package is imported by its name`)]
  const rule = packageRules[folder]
  return !rule || rule.on.includes(edge.package) ? [] : [broken(file, edge, `packages/${folder} leans on ${rule.on.length > 0 ? `nothing of ours but ${rule.on.join(', ')}` : 'nothing of ours'}: ${rule.because}`)]
}

function brokenTestingRule(file, edge) {
  return edge.target && isForTests(edge.target) ? [broken(file, edge, 'what ships never imports what is for tests')] : []
}

function brokenServerRules(file) {
  const here = withinServer(file.path)
  return [
    ...file.imports.flatMap((edge) => {
      const there = edge.target && withinServer(edge.target)
      const rules = there ? folderRules.filter(({ from, never }) => lies(here, from) && lies(there, never)) : []
      return [...rules.map((rule) => broken(file, edge, rule.because)), ...brokenNetworkRule(here, file, edge)]
    }),
    ...(environmentRule.only.includes(here) ? [] : file.environmentLines.map((line) => `${file.path}:${line}\n  reads process.env: ${environmentRule.because}`)),
  ]
}

function brokenNetworkRule(here, file, edge) {
  const { modules, only, typesAlso, harmless, because } = networkRule
  if (!modules.some((name) => edge.specifier === name || edge.specifier.startsWith(`${name}/`)) || lies(here, only)) return []
  if (edge.isTypeOnly && lies(here, typesAlso)) return []
  if (edge.names?.length > 0 && edge.names.every((name) => harmless.includes(name))) return []
  return [broken(file, edge, because)]
}

function broken(file, edge, because) {
  return `${file.path}:${edge.line}\n  imports ${edge.specifier}: ${because}`
}

function withinServer(path) {
  return path.startsWith('packages/server/src/') ? path.slice('packages/server/src/'.length) : undefined
}

function lies(path, places) {
  return places.some((place) => place.endsWith('*') ? path.startsWith(place.slice(0, -1)) : path.startsWith(`${place}/`) || path === `${place}.ts`)
}

function isForTests(path) {
  return /\.test\.[cm]?tsx?$/.test(path) || path.includes('/testing/')
}

/** Each circle once, as the list of its files with the first at the end again. */
function circles(files) {
  const [open, closed, found] = [[], new Set(), []]
  const visit = (path) => {
    if (closed.has(path)) return
    const start = open.indexOf(path)
    if (start >= 0) {
      found.push([...open.slice(start), path])
      return
    }
    open.push(path)
    for (const { target } of files.get(path).imports) if (files.has(target)) visit(target)
    open.pop()
    closed.add(path)
  }
  for (const path of [...files.keys()].sort()) visit(path)
  return found
}

function readPackages(root) {
  return entries(join(root, 'packages')).filter((entry) => entry.isDirectory()).flatMap(({ name: folder }) => {
    try {
      return [{ folder, name: JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')).name }]
    } catch {
      return []
    }
  })
}

function readFiles(root, owner, packages) {
  const paths = filesBelow(join(root, 'packages', owner.folder, 'src')).map((path) => relative(root, path).split(sep).join('/'))
  const all = new Set(paths)
  return paths.map((path) => {
    const { imports, environmentLines } = readImports(readFileSync(join(root, path), 'utf8'))
    return { path, owner, isForTests: isForTests(path), environmentLines, imports: imports.map((edge) => ({ ...edge, ...resolve(path, edge.specifier, all, packages) })) }
  })
}

function resolve(from, specifier, all, packages) {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(from), specifier)
    const target = ['.ts', '.tsx', '.mts', '.cts'].map((ending) => path.replace(/\.[cm]?jsx?$/, '') + ending).find((candidate) => all.has(candidate)) ?? path
    return { isRelative: true, target, package: /^packages\/([^/]+)\//.exec(target)?.[1] }
  }
  return { isRelative: false, package: packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`))?.folder }
}

function filesBelow(folder) {
  return entries(folder).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesBelow(path)
    return /\.[cm]?tsx?$/.test(entry.name) ? [path] : []
  })
}

function entries(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((one, other) => one.name < other.name ? -1 : 1)
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
}

/** What a source text imports (`import`, `export … from`, `import()`, types too), and the lines that read process.env. */
function readImports(source) {
  const tokens = tokenize(source)
  const imports = []
  const environmentLines = []
  const is = (index, text) => tokens[index]?.text === text && tokens[index]?.kind !== 'string'

  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'string') continue
    const next = tokens[index + 1]
    const isMember = is(index - 1, '.') || is(index - 1, '?.')

    if ((token.text === 'import' || token.text === 'require') && !isMember && is(index + 1, '(') && tokens[index + 2]?.kind === 'string') {
      imports.push({ specifier: tokens[index + 2].text, line: token.line, isTypeOnly: false, names: [] })
    } else if (token.text === 'import' && !isMember && next?.kind === 'string') {
      imports.push({ specifier: next.text, line: token.line, isTypeOnly: false, names: [] })
    } else if (token.text === 'from' && next?.kind === 'string') {
      const start = startOfStatement(tokens, index)
      if (start === undefined) continue
      const clause = readClause(tokens.slice(start + 1, index))
      imports.push({ specifier: next.text, line: tokens[start].line, ...clause })
      if (/^(node:)?process$/.test(next.text) && clause.names.includes('env')) environmentLines.push(token.line)
    } else if (token.text === 'process') {
      const reads = ((is(index + 1, '.') || is(index + 1, '?.')) && is(index + 2, 'env')) || (is(index + 1, '[') && tokens[index + 2]?.text === 'env')
      const takesApart = is(index - 1, '=') && is(index - 2, '}') && !is(index + 1, '.') && braced(tokens, index - 2).includes('env')
      if (reads || takesApart) environmentLines.push(token.line)
    }
  }
  return { imports, environmentLines }
}

function startOfStatement(tokens, from) {
  for (let index = from - 1; index >= 0; index--) {
    const { text, kind } = tokens[index]
    if (kind === 'string' || !/^[\w$*{},]+$/.test(text)) return undefined
    if (text === 'import' || text === 'export') return index
  }
  return undefined
}

function readClause(tokens) {
  const words = tokens.map(({ text }) => text)
  const isWhollyType = words[0] === 'type' && words[1] !== ',' && words.length > 1
  const open = words.indexOf('{')
  const specifiers = open < 0 ? [] : words.slice(open + 1, words.lastIndexOf('}')).join(' ').split(',').map((text) => text.trim()).filter((text) => text !== '')
  const outside = open < 0 ? words : words.slice(0, open)
  const names = [...outside.filter((word) => word !== ',' && !(isWhollyType && word === 'type')), ...specifiers.map((text) => text.replace(/^type (?!as )/, '').split(' ')[0])]
  const isTypeOnly = isWhollyType || (specifiers.length > 0 && outside.length === 0 && specifiers.every((text) => /^type (?!as )/.test(text)))
  return { isTypeOnly, names }
}

function braced(tokens, end) {
  let start = end
  while (start > 0 && tokens[start].text !== '{') start--
  return tokens.slice(start, end).map(({ text }) => text)
}

/** Words, punctuation and string literals, without comments, regular expressions and the text of templates. */
function tokenize(source) {
  const tokens = []
  const templates = []
  let position = 0
  let line = 1
  const push = (kind, text) => tokens.push({ kind, text, line })
  const skip = (count) => {
    for (const character of source.slice(position, position + count)) if (character === '\n') line++
    position += count
  }
  const skipTemplate = () => {
    const rest = /^(?:\\.|\$(?!\{)|[^\\`$])*/s.exec(source.slice(position))[0]
    skip(rest.length)
    if (source.startsWith('${', position)) {
      templates.push(0)
      skip(2)
      push('punctuation', '${')
    } else {
      skip(1)
      push('template', '`')
    }
  }

  while (position < source.length) {
    const rest = source.slice(position, position + 4_000)
    let match
    if ((match = /^\s+/.exec(rest)) || (match = /^\/\/[^\n]*/.exec(rest))) skip(match[0].length)
    else if (rest.startsWith('/*')) skip(Math.max(2, (source.indexOf('*/', position + 2) + 2 || source.length) - position))
    else if ((match = /^(["'])((?:\\.|(?!\1)[^\\])*)\1/s.exec(rest))) {
      push('string', match[2])
      skip(match[0].length)
    } else if (rest[0] === '`') {
      skip(1)
      skipTemplate()
    } else if (rest[0] === '}' && templates.at(-1) === 0) {
      templates.pop()
      skip(1)
      skipTemplate()
    } else if (rest[0] === '/' && mayBeginRegex(tokens.at(-1)) && (match = /^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/.exec(rest))) {
      push('regex', '/')
      skip(match[0].length)
    } else if ((match = /^[\p{L}\p{N}_$#@]+/u.exec(rest)) || (match = /^\?\./.exec(rest))) {
      push(match[0] === '?.' ? 'punctuation' : 'word', match[0])
      skip(match[0].length)
    } else {
      if (templates.length > 0 && rest[0] === '{') templates[templates.length - 1]++
      if (templates.length > 0 && rest[0] === '}') templates[templates.length - 1]--
      push('punctuation', rest[0])
      skip(1)
    }
  }
  return tokens
}

function mayBeginRegex(before) {
  if (!before) return true
  if (before.kind === 'word') return /^(return|typeof|case|in|of|delete|void|throw|new|else|do|yield|await)$/.test(before.text)
  return before.kind === 'punctuation' && !/^[)\]}]$/.test(before.text)
}

// Small trees, each with what is to be found in it. A checker that finds nothing looks just like one that does not work.
const trees = {
  'what leans the right way is not reported': {
    'server/src/main.ts': "import './api/app.js'\nconst port = process.env.PORT",
    'server/src/index.ts': "export { append } from './events/append.js'",
    'server/src/api/app.ts': "import { append } from '../events/append.js'\nimport type { IncomingMessage } from 'node:http'\nexport const app = { append }",
    'server/src/events/append.ts': "import { Database } from '../storage/database.js'\nimport { sign } from '@posthorn/webhooks'\nimport { isIP } from 'node:net'",
    'server/src/storage/database.ts': "import { Problem } from '../problems/problem.js'",
    'server/src/problems/problem.ts': 'export class Problem {}',
    'server/src/attempts/attempt-post.ts': "import { Client } from 'undici'",
    'server/src/dialling/dial.ts': "import net from 'node:net'",
    'server/src/events/append.test.ts': "import { app } from '../api/app.js'\nimport http from 'node:http'\nimport '../testing/sink.js'\nprocess.env.X",
    'server/src/testing/sink.ts': "import net from 'node:net'",
    expected: [],
  },
  'text that only looks like an import is none': {
    'server/src/events/append.ts': [
      "// import '../api/app.js'", "/* export * from '../api/app.js' */", "const text = \"import '../api/app.js'\"",
      "const template = `import '../api/app.js' ${`process.env`} process.env`", "const pattern = /import '..\\/api\\/app.js' [/'\"]/", "const from = list.from; f(from, 'x')",
    ].join('\n'),
    'server/src/api/app.ts': '',
    expected: [],
  },
  'every way to import counts': {
    'server/src/events/append.ts': [
      "import { a } from '../api/app.js'", "import type { B } from '../api/app.js'", "import '../api/app.js'", "export * from '../api/app.js'", "export { type C as D } from '../api/app.js'",
      "const pattern = /['\"`]/; const e = await import('../api/app.js')", "let f: import('../api/app.js').F", "import g, * as h from '../api/app.js'", 'const i = `${await import("../api/app.js")}`', "import {\n  j,\n} from '../api/app.js'",
    ].join('\n'),
    'server/src/api/app.ts': '',
    expected: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((line) => `events/append.ts:${line} imports ../api/app.js: the domain leans on storage`),
  },
  'a circle of files, type imports counted': {
    'server/src/events/a.ts': "import { b } from './b.js'",
    'server/src/events/b.ts': "import type { C } from './c.js'",
    'server/src/events/c.ts': "export { a } from './a.js'",
    expected: ['events/a.ts leans on packages/server/src/events/b.ts leans on packages/server/src/events/c.ts leans on packages/server/src/events/a.ts a circle of files'],
  },
  'a package leans on another one that it may not know': {
    'webhooks/src/sign.ts': "import { x } from 'posthorn'",
    'client/src/client.ts': "import { x } from '@posthorn/webhooks/verify'",
    'server/src/api/app.ts': "import { x } from '@posthorn/client'\nimport { y } from '../../../webhooks/src/sign.js'\nimport { z } from 'posthorn'",
    expected: ['client.ts:1 imports @posthorn/webhooks/verify: packages/client leans on nothing of ours', 'app.ts:1 imports @posthorn/client: packages/server leans on nothing of ours but webhooks', 'app.ts:2 imports ../../../webhooks/src/sign.js: this file is in packages/webhooks', 'app.ts:3 imports posthorn: a package does not import itself', 'sign.ts:1 imports posthorn: packages/webhooks leans on nothing'],
  },
  'a step knows the step after it': {
    'server/src/events/append.ts': "import type { x } from '../dispatch/dispatch.js'",
    'server/src/dispatch/dispatch.ts': "import { y } from '../attempts/attempt-send.js'\nimport { z } from '../deliveries/delivery.js'",
    'server/src/storage/database.ts': "import { y } from '../deliveries/delivery.js'",
    'server/src/attempts/attempt-send.ts': '', 'server/src/deliveries/delivery.ts': '',
    expected: ['dispatch.ts:1 imports ../attempts/attempt-send.js: dispatch hands', 'append.ts:1 imports ../dispatch/dispatch.js: appending an event', 'database.ts:1 imports ../deliveries/delivery.js: storage is leaned on'],
  },
  'a connection is opened elsewhere': {
    'server/src/endpoints/check.ts': "import { connect } from 'node:net'\nimport type { Socket } from 'node:net'\nconst { request } = await import('undici')",
    'server/src/api/app.ts': "import { request } from 'node:https'",
    'server/src/deliveries/settle.ts': "import { type Client } from 'undici'",
    expected: ['app.ts:1 imports node:https: only an attempt', 'settle.ts:1 imports undici: only an attempt', 'check.ts:1 imports node:net', 'check.ts:2 imports node:net', 'check.ts:3 imports undici'],
  },
  'the environment is read elsewhere': {
    'server/src/config/settings.ts': "const a = process.env.A\nconst b = process?.env\nconst c = process['env']\nconst { env } = process\nimport { env as e } from 'node:process'\nconst { version } = process\nconst f = process.features",
    expected: [1, 2, 3, 4, 5].map((line) => `settings.ts:${line} reads process.env`),
  },
  'what ships imports what is for tests': {
    'server/src/api/app.ts': "import '../testing/sink.js'\nimport '../events/append.test.js'",
    'server/src/testing/sink.ts': '', 'server/src/events/append.test.ts': '',
    expected: ['app.ts:1 imports ../testing/sink.js: what ships', 'app.ts:2 imports ../events/append.test.js: what ships'],
  },
  'a file without a name of its own': {
    'server/src/events/utils.ts': '', 'server/src/shared/clock.ts': '', 'server/src/api/helpers.test.ts': '', 'server/src/events/index.ts': '', 'webhooks/src/index.ts': '',
    expected: ['helpers.test.ts is named "helpers"', 'index.ts index.ts is the front door', 'utils.ts is named "utils"', 'clock.ts is named "shared"'],
  },
}

function selfTest() {
  return Object.entries(trees).flatMap(([title, { expected, ...files }]) => {
    const root = mkdtempSync(join(tmpdir(), 'posthorn-imports-'))
    try {
      const names = { webhooks: '@posthorn/webhooks', client: '@posthorn/client', server: 'posthorn' }
      for (const [folder, name] of Object.entries(names)) write(join(root, 'packages', folder, 'package.json'), JSON.stringify({ name }))
      for (const [path, text] of Object.entries(files)) write(join(root, 'packages', path), text)
      const found = check(root).map((sentence) => sentence.replace(/\s+/g, ' '))
      const asExpected = found.length === expected.length && expected.every((part, index) => found[index].includes(part))
      return asExpected ? [] : [`${title}:\n  expected ${JSON.stringify(expected, null, 2)}\n  found ${JSON.stringify(found, null, 2)}`]
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  })
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const failures = selfTest()
if (failures.length > 0) {
  console.error(`The import check does not find what it should in its own small trees.\n\n${failures.join('\n\n')}`)
  process.exit(1)
}
if (!process.argv.includes('--self-test')) {
  const sentences = check(join(dirname(fileURLToPath(import.meta.url)), '..'))
  if (sentences.length > 0) {
    console.error(`${sentences.join('\n\n')}\n\n${sentences.length} broken rule${sentences.length === 1 ? '' : 's'} of imports (scripts/check-imports.js).`)
    process.exit(1)
  }
}

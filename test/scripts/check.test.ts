import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

type Files = Readonly<Record<string, string>>

/** A repository in small, with nothing wrong in it; the gates bring their real settings. */
const SOUND: Files = {
  'src/index.ts': "import { mark } from './trust/marks.ts'\n\nprocess.stdout.write(mark('a'))\n",
  'src/trust/marks.ts':
    "import { join } from '../platform/text.ts'\n\nexport function mark(name: string): string {\n  return join('steward', name)\n}\n",
  'src/platform/text.ts':
    "export function join(first: string, second: string): string {\n  return [first, second].join('-')\n}\n",
  'local/start.ts': "process.stdout.write('local')\n",
  'scripts/build.ts': "process.stdout.write('build')\n",
  'bench/main.ts': "process.stdout.write('bench')\n",
  'test/small.test.ts': "process.stdout.write('test')\n",
}
/** Taken as they are; of package.json only what says where programs begin, so that no package is missed. */
const SETTINGS = ['biome.json', '.oxlintrc.json', '.dependency-cruiser.cjs', 'knip.json', 'tsconfig.json']

let scratch: string
let folders = 0
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'steward-check-'))
})
afterAll(() => rm(scratch, { recursive: true }))

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
}

async function createRepository(files: Files): Promise<string> {
  folders += 1
  const folder = join(scratch, String(folders))
  const { name, private: isPrivate, type, scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const manifest = JSON.stringify({ name, private: isPrivate, type, scripts }, null, 2)
  await writeFiles(folder, { 'package.json': `${manifest}\n`, ...files })
  for (const setting of SETTINGS) await cp(join(root, setting), join(folder, setting))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

async function runGate(gate: string, folder: string): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [join(root, 'scripts/check.ts'), '--only', gate], {
    cwd: folder,
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH']}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, output: output + errors }
}

const PLANTS: readonly { gate: string; violation: string; files: Files; says: RegExp }[] = [
  {
    gate: 'format and lint',
    violation: 'a file that is formatted otherwise',
    files: { 'local/start.ts': 'process.stdout.write("local");\n' },
    says: /local\/start\.ts.*format/,
  },
  {
    gate: 'format and lint',
    violation: 'a mere warning',
    files: { 'local/start.ts': "const unused = 1\nprocess.stdout.write('local')\n" },
    says: /noUnusedVariables/,
  },
  {
    gate: 'typed lint',
    violation: 'a promise that nobody waits for',
    files: { 'src/index.ts': `async function start(): Promise<void> {}\n\nstart()\n${SOUND['src/index.ts']}` },
    says: /no-floating-promises/,
  },
  {
    gate: 'architecture',
    violation: 'an import upwards',
    files: {
      'src/platform/text.ts': `import '../trust/log.ts'\n${SOUND['src/platform/text.ts']}`,
      'src/trust/log.ts': '',
    },
    says: /platform-must-not-import-trust/,
  },
  {
    gate: 'architecture',
    violation: 'a domain that imports another',
    files: {
      'src/rotation/sweep.ts': "import '../onboarding/run.ts'\n",
      'src/onboarding/run.ts': '',
    },
    says: /rotation-must-not-import-onboarding/,
  },
  {
    gate: 'architecture',
    violation: 'a product that knows its surroundings',
    files: { 'src/platform/text.ts': `import '../../local/start.ts'\n${SOUND['src/platform/text.ts']}` },
    says: /src-stands-alone/,
  },
  {
    gate: 'architecture',
    violation: 'a circle',
    files: {
      'local/start.ts': "import './circle.ts'\n\nexport const start = 1\n",
      'local/circle.ts': "import './start.ts'\n",
    },
    says: /no-cycles/,
  },
  {
    gate: 'unused code',
    violation: 'an export that nobody imports',
    files: { 'src/platform/text.ts': `${SOUND['src/platform/text.ts']}\nexport const orphan = 1\n` },
    says: /orphan/,
  },
  {
    gate: 'unused code',
    violation: 'a file that nobody imports',
    files: { 'src/platform/orphan.ts': 'export {}\n' },
    says: /orphan\.ts/,
  },
  {
    gate: 'types',
    violation: 'a type error',
    files: { 'bench/main.ts': "const count: number = 'bench'\nprocess.stdout.write(String(count))\n" },
    says: /TS2322/,
  },
]

describe('npm run check', () => {
  it.each([...new Set(PLANTS.map(({ gate }) => gate))])('passes what is sound: %s', async (gate) => {
    const { code, output } = await runGate(gate, await createRepository(SOUND))
    expect(output).toMatch(new RegExp(`^ok {5}${gate} \\(\\d+ ms\\)\\n$`))
    expect(code).toBe(0)
  })

  it.each(PLANTS)('$gate: sees $violation', async ({ gate, files, says }) => {
    const { code, output } = await runGate(gate, await createRepository({ ...SOUND, ...files }))
    expect(output).toMatch(says)
    expect(output).toContain(`FAILED ${gate}`)
    expect(code).toBe(1)
  })

  it('architecture: is not content with having looked at nothing', async () => {
    const notes = Object.keys(SOUND).map((name) => [`${dirname(name)}/notes.txt`, ''])
    // TypeScript would complain of a folder without any source of its own accord.
    const empty = await createRepository({ ...Object.fromEntries(notes), 'vitest.config.ts': '' })
    const { code, output } = await runGate('architecture', empty)
    expect(output).toContain('(0 modules, 0 dependencies cruised)')
    expect(code).toBe(1)
  })

  it('generated files: sees one that is stale, and names it', async () => {
    const folder = await createRepository({})
    for (const name of ['src', 'docs', 'scripts']) await cp(join(root, name), join(folder, name), { recursive: true })
    await cp(join(root, 'package.json'), join(folder, 'package.json'))
    expect((await runGate('generated files', folder)).code).toBe(0)
    for (const name of ['docs/configuration.md', 'docs/steward.schema.json']) {
      const fresh = await readFile(join(folder, name), 'utf8')
      await writeFile(join(folder, name), fresh.replace('deployment', 'Deployment'))
      const { code, output } = await runGate('generated files', folder)
      expect([code, output]).toEqual([1, expect.stringContaining(`${name} is stale`)])
      await writeFile(join(folder, name), fresh)
    }
  })

  it('does not take a gate that there is not for one that passed', async () => {
    expect((await runGate('coffee', scratch)).code).toBe(1)
  })
})

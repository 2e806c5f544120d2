import { readFile, writeFile } from 'node:fs/promises'

/**
 * A registry that does not carry the binaries of other platforms makes npm leave them out of the lock file, and `npm ci`
 * then refuses that very file (npm/cli#9846). Run after `npm install`: writes an entry for each optional dependency that
 * is missing, with the platform its name tells, so that it is passed over here and found where it is for.
 */
interface LockedPackage {
  readonly version?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const OSES = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const CPUS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32']
/** What no machine is: for what bears no platform in its name. */
const NOWHERE = ['none']

const FILE = 'package-lock.json'
const lock = JSON.parse(await readFile(FILE, 'utf8')) as { packages: Record<string, LockedPackage> }
const added: string[] = []
for (const parent of Object.values(lock.packages)) {
  for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`
    const version = /\d+\.\d+\.\d+\S*/.exec(range)?.[0]
    if (lock.packages[path] || version === undefined) continue
    const parts = name.split(/[-/]/)
    const cpu = CPUS.filter((candidate) => parts.includes(candidate))
    lock.packages[path] = {
      version,
      ...(parent.dev ? { dev: true } : {}),
      optional: true,
      os: OSES.filter((candidate) => parts.includes(candidate)).concat(cpu.includes('wasm32') ? NOWHERE : []),
      cpu: cpu.length > 0 ? cpu : NOWHERE,
      ...(parts.some((part) => part.startsWith('musl')) ? { libc: ['musl'] } : {}),
    }
    added.push(path)
  }
}
const [root, ...others] = Object.entries(lock.packages)
const sorted = others.sort(([one], [other]) => (one < other ? -1 : 1))
await writeFile(
  FILE,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries([...(root ? [root] : []), ...sorted]) }, null, 2)}\n`,
)
process.stdout.write(`${added.length} entries added\n${added.join('\n')}\n`)

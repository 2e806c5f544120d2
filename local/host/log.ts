import type { LogLevel } from './protocol.ts'

const ranks: Readonly<Record<string, number>> = {
  trace: 0,
  debug: 1,
  information: 2,
  warning: 3,
  error: 4,
  critical: 5,
  none: 6,
}
const rankOfInformation = 2

export interface Log {
  write(category: string, level: LogLevel, text: string): void
}

/**
 * Writes log lines that pass the levels of host.json (the longest matching category wins, then `default`);
 * `minimumLevel` is a floor under all of them.
 */
export function createLog(
  levels: Readonly<Record<string, string>>,
  minimumLevel: string,
  print: (line: string) => void,
): Log {
  const floor = ranks[minimumLevel.toLowerCase()] ?? 0
  const rules = Object.entries(levels)
    .filter(([category]) => category.toLowerCase() !== 'default')
    .sort(([a], [b]) => b.length - a.length)
  const defaultRank = readRank(levels['default'])
  const rankByCategory = new Map<string, number>()

  function getRank(category: string): number {
    const known = rankByCategory.get(category)
    if (known !== undefined) return known
    const rule = rules.find(([prefix]) => category === prefix || category.startsWith(`${prefix}.`))
    const rank = Math.max(floor, rule ? readRank(rule[1]) : defaultRank)
    rankByCategory.set(category, rank)
    return rank
  }

  return {
    write(category, level, text) {
      if ((ranks[level] ?? rankOfInformation) >= getRank(category)) {
        print(`${new Date().toISOString()} ${level} ${category}: ${text}`)
      }
    },
  }
}

function readRank(level: string | undefined): number {
  return ranks[level?.toLowerCase() ?? ''] ?? rankOfInformation
}

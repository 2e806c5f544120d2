import { readFile } from 'node:fs/promises'

const SAMPLE = new URL('../local.settings.sample.json', import.meta.url)

/** What the Functions host starts the app's Node with, as the sample of the app's settings has it. */
export async function readNodeArguments(): Promise<string> {
  const { Values } = JSON.parse(await readFile(SAMPLE, 'utf8'))
  return Values.languageWorkers__node__arguments
}

import { z } from 'zod'

const flag = z.boolean().default(false)
const languages = z.enum(['PYTHON', 'SQL', 'SCALA', 'R'])
const formats = z.enum(['SOURCE', 'HTML', 'JUPYTER', 'DBC', 'R_MARKDOWN', 'AUTO', 'RAW'])

export const mkdirsBody = z.strictObject({ path: z.string() })

export const importBody = z.strictObject({
  path: z.string(),
  format: formats.default('SOURCE'),
  language: languages.optional(),
  content: z.string().default(''),
  overwrite: flag,
})

export const deleteBody = z.strictObject({ path: z.string(), recursive: flag })

/** Also of a list. */
export const statusQuery = z.strictObject({ path: z.string() })

export const exportQuery = z.strictObject({ path: z.string(), format: formats.default('SOURCE') })

import { apiError } from '../errors.ts'
import type { NotebookLanguage } from './object-state.ts'

const SIZE_LIMIT_BYTES = 10 * 1024 * 1024

const commentSigns: Readonly<Record<NotebookLanguage, string>> = { PYTHON: '#', SQL: '--', SCALA: '//', R: '#' }

function headerOf(language: NotebookLanguage): string {
  return `${commentSigns[language]} Databricks notebook source`
}

/** Reads what an import sends: base64, with or without the header line. */
export function decodeSource(content: string, language: NotebookLanguage): string {
  if (content.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(content)) {
    throw apiError(400, 'INVALID_PARAMETER_VALUE', 'The content is not a valid base64 string')
  }
  const bytes = Buffer.from(content, 'base64')
  if (bytes.length > SIZE_LIMIT_BYTES) {
    throw apiError(
      400,
      'MAX_NOTEBOOK_SIZE_EXCEEDED',
      `File size imported is (${bytes.length} bytes), exceeded max size (${SIZE_LIMIT_BYTES} bytes)`,
    )
  }
  const [first, ...rest] = bytes.toString().split('\n')
  return first?.trimEnd() === headerOf(language) ? rest.join('\n') : bytes.toString()
}

/** What an export answers: the header line is always there. */
export function encodeSource(source: string, language: NotebookLanguage): string {
  return Buffer.from(`${headerOf(language)}\n${source}`).toString('base64')
}

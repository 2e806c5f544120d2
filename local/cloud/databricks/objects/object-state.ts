export type NotebookLanguage = 'PYTHON' | 'SQL' | 'SCALA' | 'R'

interface CommonObject {
  readonly objectId: string
  readonly path: string
}

export interface Directory extends CommonObject {
  readonly kind: 'directory'
}

export interface Notebook extends CommonObject {
  readonly kind: 'notebook'
  readonly language: NotebookLanguage
  /** Without the header line. */
  readonly source: string
  readonly createdAt: number
  readonly modifiedAt: number
}

export type WorkspaceObject = Directory | Notebook

/** What every workspace has from the beginning, and never loses. */
export const protectedPaths = ['/', '/Users', '/Shared']

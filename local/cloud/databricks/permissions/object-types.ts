/** What permissions are given on, as paths name it. */
export const collections = ['jobs', 'notebooks', 'directories', 'authorization'] as const

export type Collection = (typeof collections)[number]

interface ObjectType {
  /** As answers name one of them. */
  readonly objectType: string
  /** What each level allows, from the least to the most. */
  readonly levels: Readonly<Record<string, string>>
}

function listTreeLevels(what: string): Readonly<Record<string, string>> {
  return {
    CAN_READ: `Can read the ${what}`,
    CAN_RUN: `Can read and run the ${what}`,
    CAN_EDIT: `Can read, run and edit the ${what}`,
    CAN_MANAGE: `Can read, run, edit and manage permissions of the ${what}`,
  }
}

export const objectTypes: Readonly<Record<Collection, ObjectType>> = {
  jobs: {
    objectType: 'job',
    levels: {
      CAN_VIEW: 'Can view the job and its runs',
      CAN_MANAGE_RUN: 'Can view, run and cancel the job',
      CAN_MANAGE: 'Can view, run, edit and manage permissions of the job',
      IS_OWNER: 'Is the owner, as whom the job runs',
    },
  },
  notebooks: { objectType: 'notebook', levels: listTreeLevels('notebook') },
  directories: { objectType: 'directory', levels: listTreeLevels('items of the directory') },
  authorization: {
    objectType: 'tokens',
    // The admins have CAN_MANAGE, which nobody else can be given.
    levels: { CAN_USE: 'Can create and use personal access tokens' },
  },
}

/** Names the file whose being there means that the disk is full. */
export const controlVariable = 'CHAOS_DISK_IS_FULL'

package dev.davit.image.internal.fs;

import org.jspecify.annotations.Nullable;

/**
 * Where the content of a file is.
 *
 * @param layer number of the layer, from 0
 * @param offset where in the archive of the layer its stored bytes begin
 * @param size the length of the file
 * @param pieces of a sparse file, where its stored bytes belong: offsets and lengths in turn, and zeros elsewhere; null if
 *     all is stored
 */
@SuppressWarnings("ArrayRecordComponent")
record StoredFile(int layer, long offset, long size, long @Nullable [] pieces) {}

/** An image as a file system: indexes of layers, reading at random, and the provider for {@code java.nio.file}. */
@NullMarked
package dev.davit.image.internal.fs;

import org.jspecify.annotations.NullMarked;

/** {@code bin/davit}: a small command line over the library, and its living example. */
@NullMarked
package dev.davit.examples.cli;

import org.jspecify.annotations.NullMarked;

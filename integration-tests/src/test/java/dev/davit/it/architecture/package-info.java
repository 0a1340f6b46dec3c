/** The rules of the house that a machine can keep. */
@NullMarked
package dev.davit.it.architecture;

import org.jspecify.annotations.NullMarked;

/** Tests of several modules at once, most of them against real parts. */
@NullMarked
package dev.davit.it;

import org.jspecify.annotations.NullMarked;

/** The embedded registry and the clients of the world. */
@NullMarked
package dev.davit.it.registry;

import org.jspecify.annotations.NullMarked;

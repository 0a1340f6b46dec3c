/** The program that the quick start puts into an image and runs: a small HTTP service with real dependencies. */
@NullMarked
package dev.davit.examples.hello;

import org.jspecify.annotations.NullMarked;

/** Benchmarks with JMH; {@code docs/benchmarks.md} keeps results with the command that gave them. */
@NullMarked
package dev.davit.benchmarks;

import org.jspecify.annotations.NullMarked;
